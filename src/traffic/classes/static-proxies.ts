import type { ProxyContext, RouteContext, StaticValues } from "../effective/table.ts";

/** More kinds of callers than this are not told apart: hostile manifests can mention any number of labels. */
const mostProxies = 4096;

/**
 * One proxy for every combination of the values that static conditions mention; values nobody mentions behave alike and
 * stand as null or are left out. Null when there are too many combinations.
 */
export function distinctProxies(context: RouteContext, values: StaticValues): ProxyContext[] | null {
  let proxies: ProxyContext[] = listenerPorts(context, values.ports).map((port) => ({
    namespace: null,
    labels: new Map(),
    port,
  }));
  proxies = [null, ...values.namespaces].flatMap((namespace) =>
    proxies.map((proxy) => ({ ...proxy, namespace })),
  );
  for (const [label, mentioned] of values.labels) {
    if (proxies.length * (mentioned.length + 1) > mostProxies) return null;
    proxies = proxies.flatMap((proxy) => [
      proxy,
      ...mentioned.map((value) => ({ ...proxy, labels: new Map([...proxy.labels, [label, value]]) })),
    ]);
  }
  return proxies.length > mostProxies ? null : proxies;
}

/** Every port that is mentioned, and one that is not, among those the table answers on. */
function listenerPorts({ ports }: RouteContext, mentioned: readonly number[]): (number | null)[] {
  if (ports === null) return [null, ...mentioned];
  const other = ports.find((port) => !mentioned.includes(port));
  const open = mentioned.filter((port) => ports.includes(port));
  return other === undefined ? open : [other, ...open];
}
