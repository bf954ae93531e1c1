/** More names than these help nobody. */
const mostNamed = 3;

/** Names for a sentence: `a`, `a and b`, `a, b, c and 4 more`. */
export function listed(names: Iterable<string>): string {
  const all = [...new Set(names)];
  const shown = all.slice(0, mostNamed);
  const last = all.length > mostNamed ? `${all.length - mostNamed} more` : shown.pop();
  return shown.length === 0 ? (last ?? "") : `${shown.join(", ")} and ${last}`;
}
