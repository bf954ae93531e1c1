/** The selector expressions of Kubernetes: apimachinery `pkg/labels/selector.go`. */

/** Whether labels satisfy a requirement. */
type Requirement = (labels: ReadonlyMap<string, string>) => boolean;
export type LabelSelector = Requirement;

const everything: LabelSelector = () => true;
const name = "(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]|[A-Za-z0-9])";
const domain = "[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?";
const key = new RegExp(`^(?:${domain}/)?${name}$`);
const value = new RegExp(`^(?:${name})?$`);

/** No label is longer, and nobody writes so many; splitting must not become quadratic. */
const longest = 4_096;

/** Reads a selector such as `app=web,tier in (a, b),!canary`; null where Kubernetes would refuse it. */
export function parseLabelSelector(text: string): LabelSelector | null {
  if (text.length > longest) return null;
  if (text.trim() === "") return everything;
  // Commas inside parentheses separate values, not requirements.
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const requirements = parts.map(requirement);
  if (requirements.includes(null)) return null;
  return (labels) => requirements.every((holds) => holds!(labels));
}

function requirement(text: string): Requirement | null {
  const set = /^([^\s!=<>()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set !== null)
    return inSet(
      set[1]!,
      set[2] === "in",
      set[3]!.split(",").map((item) => item.trim()),
    );
  const compared = /^([^\s!=<>()]+)\s*(==|=|!=|<|>)\s*([^\s!=<>()]*)$/.exec(text);
  if (compared !== null) return comparison(compared[1]!, compared[2]!, compared[3]!);
  const existence = /^(!?)\s*([^\s!=<>()]+)$/.exec(text);
  if (existence === null || !key.test(existence[2]!)) return null;
  const [, absent, label] = existence;
  return (labels) => labels.has(label!) === (absent === "");
}

function inSet(label: string, wanted: boolean, values: readonly string[]): Requirement | null {
  if (!key.test(label) || !values.every((item) => value.test(item))) return null;
  return (labels) => {
    const found = labels.get(label);
    return (found !== undefined && values.includes(found)) === wanted;
  };
}

function comparison(label: string, operator: string, operand: string): Requirement | null {
  if (!key.test(label) || !value.test(operand)) return null;
  if (operator === "=" || operator === "==") return inSet(label, true, [operand]);
  if (operator === "!=") return inSet(label, false, [operand]);
  if (!/^[-+]?\d+$/.test(operand)) return null;
  return (labels) => {
    const found = labels.get(label) ?? "";
    if (!/^[-+]?\d+$/.test(found)) return false;
    return operator === ">" ? BigInt(found) > BigInt(operand) : BigInt(found) < BigInt(operand);
  };
}
