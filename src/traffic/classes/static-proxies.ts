import { staticValues } from "../effective/static-values.ts";
import type { ContextPair, ProxyContext, StaticValues } from "../effective/table.ts";
import { BudgetExceeded } from "../engine/budget.ts";

/** More kinds of callers than this are not told apart: hostile manifests can mention any number of labels. */
const mostProxies = 512;

/**
 * One proxy for every combination of the values that static conditions of either side mention; values nobody mentions
 * behave alike and stand as null or are left out. Throws `BudgetExceeded` when there are too many combinations.
 */
export function distinctProxies(pair: ContextPair): ProxyContext[] {
  const { ports, namespaces, labels } = mentionedValues(pair);
  let proxies: ProxyContext[] = listenerPorts(pair.context.ports, ports).map((port) => ({
    namespace: null,
    labels: new Map(),
    port,
  }));
  const multiply = (count: number, vary: (proxy: ProxyContext) => ProxyContext[]) => {
    if (proxies.length * count > mostProxies)
      throw new BudgetExceeded("too many kinds of callers to tell apart");
    proxies = proxies.flatMap(vary);
  };
  multiply(namespaces.length + 1, (proxy) =>
    [null, ...namespaces].map((namespace) => ({ ...proxy, namespace })),
  );
  for (const [label, values] of labels) {
    const withLabel = (proxy: ProxyContext, value: string) => new Map([...proxy.labels, [label, value]]);
    multiply(values.length + 1, (proxy) => [
      proxy,
      ...values.map((value) => ({ ...proxy, labels: withLabel(proxy, value) })),
    ]);
  }
  return proxies;
}

function mentionedValues({ base, head }: ContextPair): StaticValues {
  const sides = [base, head].flatMap((table) => (table === null ? [] : [staticValues(table)]));
  const labels = new Map<string, readonly string[]>();
  for (const [name, values] of sides.flatMap((side) => [...side.labels])) {
    labels.set(name, [...new Set([...(labels.get(name) ?? []), ...values])]);
  }
  return {
    ports: [...new Set(sides.flatMap(({ ports }) => ports))],
    namespaces: [...new Set(sides.flatMap(({ namespaces }) => namespaces))],
    labels,
  };
}

/** Every port that is mentioned, and one that is not, among those the table answers on. */
function listenerPorts(ports: readonly number[] | null, mentioned: readonly number[]): (number | null)[] {
  if (ports === null) return [null, ...mentioned];
  const other = ports.find((port) => !mentioned.includes(port));
  const open = mentioned.filter((port) => ports.includes(port));
  return other === undefined ? open : [other, ...open];
}
