import type { Path } from "../manifest/source.ts";
import { rules } from "../rules/index.ts";
import { stricterBound } from "./delegation.ts";
import { directionOf, sameValue, strictest } from "./direction.ts";
import type { PolicyLayer } from "./read.ts";

/** A value with the line that set it. */
export interface Sourced {
  readonly path: Path;
  readonly value: unknown;
  readonly source: string;
}

/** Settings by dotted path (`rules.weight-step.maxStep`). */
export type Values = ReadonlyMap<string, Sourced>;

/** Keys of a policy file that are not settings of a scope: they are read once, from the layer that may say them. */
const unscoped = new Set([
  "version",
  "extends",
  "overlays",
  "enrolment",
  "environments",
  "exceptions",
  "approvals",
  "custom",
]);

/** The settings that an object makes: a policy file, or one of its overlays. `sourceOf` names the line of each. */
export function settingsOf(settings: object, sourceOf: (path: Path) => string): Values {
  const values = new Map<string, Sourced>();
  const visit = (value: unknown, below: Path) => {
    if (value === undefined) return;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !isEntry(below)) {
      for (const [key, child] of Object.entries(value)) visit(child, [...below, key]);
    } else {
      values.set(below.join("."), { path: below, value, source: sourceOf(below) });
    }
  };
  for (const [key, value] of Object.entries(settings)) {
    if (!unscoped.has(key) && key !== "when") visit(value, [key]);
  }
  return values;
}

/** How a layer names the lines of what stands below one of its paths. */
export function linesOf(layer: PolicyLayer, above: Path = []): (path: Path) => string {
  return (path) => `${layer.source}:${layer.lineOf([...above, ...path])}`;
}

/** `rules.timeout-range.classes.query`: one of several named demands, which counts as a whole. */
function isEntry(path: Path): boolean {
  return path.length === 4 && directionOf(path) === "entries";
}

/** `over` on top of `under`: what a layer says replaces what stood before, in the same layer or in its packs. */
export function overwritten(under: Values, over: Values): Values {
  const result = new Map(under);
  for (const key of over.keys())
    for (const other of replacedBy(key)) if (!over.has(other)) result.delete(other);
  for (const [key, value] of over) result.set(key, value);
  for (const key of over.keys()) {
    const [replaced] = replacedBy(key);
    if (replaced !== undefined && isReplacement(key)) result.delete(replaced);
  }
  return result;
}

/** Both at once, each setting as strict as the stricter one says; in any order the same. */
export function combined(a: Values, b: Values): Values {
  const result = new Map(a);
  for (const [key, theirs] of b) {
    const ours = result.get(key);
    if (!ours) result.set(key, theirs);
    else if (!sameValue(ours.value, theirs.value)) result.set(key, stricterOf(ours, theirs));
  }
  return result;
}

/** One setting as strict as the stricter of two says; both speak where it takes both. */
export function stricterOf(ours: Sourced, theirs: Sourced): Sourced {
  const [section, name] = ours.path;
  const value =
    section === "delegate"
      ? stricterBound(String(name), ours.value, theirs.value)
      : strictest(ours.path, ours.value, theirs.value);
  if (sameValue(value, ours.value)) return ours;
  if (sameValue(value, theirs.value)) return theirs;
  return { path: ours.path, value, source: [ours.source, theirs.source].sort().join(", ") };
}

/** Options of which one takes the other's place, declared in the schema's metadata (`replaces`): a ladder, a step. */
export const replacements: readonly { readonly option: string; readonly replaces: string }[] = rules.flatMap(
  (rule) =>
    Object.entries(rule.options.shape).flatMap(([option, schema]) => {
      const replaces = schema.meta()?.replaces;
      return typeof replaces === "string"
        ? [{ option: `rules.${rule.id}.${option}`, replaces: `rules.${rule.id}.${replaces}` }]
        : [];
    }),
);

function replacedBy(key: string): string[] {
  return replacements.flatMap(({ option, replaces }) =>
    key === option ? [replaces] : key === replaces ? [option] : [],
  );
}

function isReplacement(key: string): boolean {
  return replacements.some(({ option }) => option === key);
}
