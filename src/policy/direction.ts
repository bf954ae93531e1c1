import type { Path } from "../manifest/source.ts";
import { parseDuration } from "../mesh/validity/duration.ts";
import { rules } from "../rules/index.ts";
import { severities } from "../rules/rule.ts";
import { canonicalJson } from "../traffic/effective/canonical.ts";

/** Which way a setting gets stricter; each option of a rule declares it in its schema's metadata (`tighter`). */
export type Direction =
  | "lower"
  | "higher"
  | "union"
  | "intersection"
  | "severity"
  | "mode"
  /** Named demands, each a value of its own: a lower layer may add to them and not change those that stand. */
  | "entries"
  | "fixed";

/** The direction of the setting at `path` of a policy file. */
export function directionOf(path: Path): Direction {
  const [section, id, option] = path;
  if (section === "mode") return "mode";
  if (section === "unrendered") return "severity";
  if (option === "severity" && (section === "rules" || section === "custom")) return "severity";
  // Handed down, a repository's entries count only as far as they are named.
  if (section === "exceptions" || section === "approvals") return "intersection";
  if (section !== "rules") return "fixed";
  const schema = rules.find((rule) => rule.id === id)?.options.shape[String(option)];
  const declared = schema?.meta()?.tighter;
  return typeof declared === "string" ? (declared as Direction) : "fixed";
}

/**
 * The strictest value that honours both: never looser than either, the same in any order, and `a` again for two equal
 * values. Settings without an order keep `a`.
 */
export function strictest(path: Path, a: unknown, b: unknown): unknown {
  switch (directionOf(path)) {
    case "lower":
      return quantity(a) <= quantity(b) ? a : b;
    case "higher":
      return quantity(a) >= quantity(b) ? a : b;
    case "union":
      return distinct([...(a as unknown[]), ...(b as unknown[])]);
    case "intersection":
      return common(a as unknown[], b as unknown[]);
    case "severity":
      return rank(severities, a) >= rank(severities, b) ? a : b;
    case "mode":
      return rank(modes, a) >= rank(modes, b) ? a : b;
    case "entries":
    case "fixed":
      return a;
  }
}

/** The loosest value that one of the two allows: what a lower layer may come down to. Only for what has an order. */
export function loosest(path: Path, a: unknown, b: unknown): unknown {
  switch (directionOf(path)) {
    case "union":
      return common(a as unknown[], b as unknown[]);
    case "intersection":
      return distinct([...(a as unknown[]), ...(b as unknown[])]);
    default:
      return sameValue(strictest(path, a, b), a) ? b : a;
  }
}

const modes = ["off", "observe", "enforce"];

function rank(order: readonly unknown[], value: unknown): number {
  return order.indexOf(value);
}

/** Numbers as they are, durations such as `30m` in nanoseconds. */
function quantity(value: unknown): number {
  return typeof value === "string" ? Number(parseDuration(value) ?? 0n) : (value as number);
}

function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [textOf(item), item])).values()].sort(byNumberOrText);
}

function common(items: readonly unknown[], others: readonly unknown[]): unknown[] {
  const known = new Set(others.map(textOf));
  return items.filter((item) => known.has(textOf(item))).sort(byNumberOrText);
}

function byNumberOrText(a: unknown, b: unknown): number {
  return typeof a === "number" && typeof b === "number" ? a - b : textOf(a) < textOf(b) ? -1 : 1;
}

/** Equal for equal items of a list, which may be objects. */
function textOf(item: unknown): string {
  return typeof item === "string" ? item : canonicalJson(item);
}

/** Whether two values of a setting are the same; lists are sets. */
export function sameValue(a: unknown, b: unknown): boolean {
  const canonical = (value: unknown) =>
    canonicalJson(Array.isArray(value) ? [...value].sort(byNumberOrText) : value);
  return canonical(a) === canonical(b);
}
