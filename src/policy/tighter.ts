import type { Path } from "../manifest/source.ts";
import { rules } from "../rules/index.ts";
import { severities } from "../rules/rule.ts";

/** Which way an option gets stricter; each option of a rule declares it in its schema's metadata (`tighter`). */
type Direction = "lower" | "higher" | "subset" | "superset" | "severity" | "fixed";

/** Whether `value` is as strict as `current`, or stricter, for the setting at `path`. */
export function tighter(path: Path, current: unknown, value: unknown): boolean {
  switch (direction(path)) {
    case "lower":
      return (value as number) <= (current as number);
    case "higher":
      return (value as number) >= (current as number);
    case "subset":
      return isSubset(value as unknown[], current as unknown[]);
    case "superset":
      return isSubset(current as unknown[], value as unknown[]);
    case "severity":
      return rank(value) >= rank(current);
    case "fixed":
      return JSON.stringify(value) === JSON.stringify(current);
  }
}

function direction(path: Path): Direction {
  const [section, id, option] = path;
  if (section === "unrendered" || (section === "rules" && option === "severity")) return "severity";
  if (section !== "rules") return "fixed";
  const schema = rules.find((rule) => rule.id === id)?.options.shape[String(option)];
  const declared = schema?.meta()?.tighter;
  return typeof declared === "string" ? (declared as Direction) : "fixed";
}

function rank(severity: unknown): number {
  return (severities as readonly unknown[]).indexOf(severity);
}

function isSubset(small: readonly unknown[], large: readonly unknown[]): boolean {
  return small.every((item) => large.includes(item));
}
