import type { Path } from "../manifest/source.ts";
import { directionOf, loosest, strictest } from "./direction.ts";
import type { Sourced, Values } from "./values.ts";

/** The path of the setting or key that a name under `delegate` speaks of; an entry's own name may have dots. */
export function delegatedPath(name: string): Path {
  const [section = "", id = "", option, ...entry] = name.split(".");
  if (section !== "rules" && section !== "custom") return name.split(".");
  if (option === undefined) return [section, id].filter((part) => part !== "");
  return entry.length === 0 ? [section, id, option] : [section, id, option, entry.join(".")];
}

/** What the organisation hands down of the setting at `path`: the closest name decides; null: nothing. */
export function handedDown(standing: Values, path: Path): Sourced | null {
  for (let depth = path.length; depth > 0; depth--) {
    const bound = standing.get(`delegate.${path.slice(0, depth).join(".")}`);
    if (bound) return bound.value === false ? null : bound;
  }
  return null;
}

/** How loose a lower layer may be: what stands, or as far down as it is handed; undefined: without bound. */
export function floorOf(standing: Sourced | undefined, bound: Sourced): Sourced | undefined {
  if (bound.value === true || !standing) return undefined;
  const value = loosest(standing.path, standing.value, bound.value);
  return { path: standing.path, value, source: bound.source };
}

/** Of two bounds of one setting the stricter; `false` hands nothing down, `true` everything. */
export function stricterBound(name: string, a: unknown, b: unknown): unknown {
  if (a === false || b === false) return false;
  if (a === true) return b;
  return b === true ? a : strictest(delegatedPath(name), a, b);
}

/** An overlay that sets something takes it back where it applies, unless it hands it down itself. */
export function takenBack(overlay: Values): Values {
  const result = new Map(overlay);
  for (const [key, { path, source }] of overlay) {
    if (path[0] === "delegate" || handedDown(overlay, path)) continue;
    result.set(`delegate.${key}`, { path: ["delegate", key], value: false, source });
  }
  return result;
}

/** Whether a setting has an order along which it could be handed down up to a bound. */
export function isBounded(path: Path): boolean {
  return !["entries", "fixed"].includes(directionOf(path));
}
