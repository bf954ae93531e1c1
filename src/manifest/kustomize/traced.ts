/** Values that know where each part of them was written: what a build is made of. Nothing here is ever changed in place. */
import { BareObject, isObject } from "../json.ts";
import type { Json, JsonObject, ManifestDocument, Path, Range } from "../source.ts";

/** Where a value was written. */
export type Origin = Written | Assembled;

/** The value, with all that is in it, stands at one place of one document. */
export interface Written {
  readonly document: ManifestDocument;
  readonly path: Path;
  /** What stands there is not the value itself but what it was worked out from: a prefix, a delimiter, a hash. */
  readonly computed: boolean;
  /** What other scalars of the object share, if they are one to kustomize. */
  readonly shared?: object | undefined;
  /** The scalar whose quotes it has, if it was written over another one. */
  readonly quotedAs?: Traced;
  /** A JSON patch has written it anew, as Go spells it. */
  readonly respelled?: true;
}
/** Some of what is in the value was written elsewhere. */
interface Assembled {
  readonly frame: Written;
  readonly parts: ReadonlyMap<string | number, Origin>;
}

export interface Traced {
  readonly value: Json;
  readonly origin: Origin;
}

/** A value as it stands at `path` of a document. */
export function written(document: ManifestDocument, value: Json, path: Path = []): Traced {
  return { value, origin: { document, path, computed: false } };
}

/** A value that was worked out from what stands at an origin. */
export function computed(value: Json, { origin }: Pick<Traced, "origin">): Traced {
  const { document, path } = frameOf(origin);
  return { value, origin: { document, path, computed: true } };
}

/** Where the origin of a value begins, whatever its parts came from. */
function frameOf(origin: Origin): Written {
  return "frame" in origin ? origin.frame : origin;
}

function originAt(origin: Origin, step: string | number): Origin {
  const part = "parts" in origin ? origin.parts.get(step) : undefined;
  if (part !== undefined) return part;
  const frame = frameOf(origin);
  // Inside a computed value there is nothing to step into: all of it comes from the one place.
  return frame.computed ? frame : { ...frame, path: [...frame.path, step] };
}

/** The value of a field; undefined where there is none, or where `of` is not a mapping. */
export function field(of: Traced, key: string): Traced | undefined {
  const value = isObject(of.value) ? of.value[key] : undefined;
  return value === undefined ? undefined : { value, origin: originAt(of.origin, key) };
}

/** The value at a path of field names, or undefined. */
export function fieldAt(of: Traced, ...path: readonly string[]): Traced | undefined {
  return path.reduce<Traced | undefined>((at, key) => (at === undefined ? undefined : field(at, key)), of);
}

/** The items of a list; none for anything else. */
export function items(of: Traced): Traced[] {
  if (!Array.isArray(of.value)) return [];
  return of.value.map((value, index) => ({ value, origin: originAt(of.origin, index) }));
}

/** The fields of a mapping, in order; none for anything else. */
export function fields(of: Traced): [string, Traced][] {
  if (!isObject(of.value)) return [];
  return Object.entries(of.value).map(([key, value]) => [key, { value, origin: originAt(of.origin, key) }]);
}

/** `of` with a field set; what is not a mapping becomes one. */
export function withField(of: Traced, key: string, child: Traced): Traced {
  const value = copyOf(of.value);
  value[key] = child.value;
  const parts = new Map("parts" in of.origin ? of.origin.parts : []).set(key, child.origin);
  return { value, origin: { frame: frameOf(of.origin), parts } };
}

/** `of` without a field; `by` is what takes it away, where somebody may want to know. */
export function withoutField(of: Traced, key: string, by?: Traced): Traced {
  if (!isObject(of.value) || !Object.hasOwn(of.value, key)) return of;
  const value = copyOf(of.value);
  delete value[key];
  if (by === undefined) return { value, origin: of.origin };
  const parts = new Map("parts" in of.origin ? of.origin.parts : []).set(key, computed(null, by).origin);
  return { value, origin: { frame: frameOf(of.origin), parts } };
}

/** A list made of values from anywhere; where `of` stands is where it begins. */
export function withItems(of: Pick<Traced, "origin">, list: readonly Traced[]): Traced {
  const parts = new Map(list.map((item, index) => [index, item.origin]));
  return { value: list.map(({ value }) => value), origin: { frame: frameOf(of.origin), parts } };
}

/** An empty mapping that begins where `at` stands. */
export function emptyMapping(at: Pick<Traced, "origin">): Traced {
  return { value: new BareObject(), origin: frameOf(at.origin) };
}

/** A mapping of values from anywhere. */
export function mappingOf(at: Pick<Traced, "origin">, entries: Iterable<readonly [string, Traced]>): Traced {
  const value = new BareObject();
  const parts = new Map<string | number, Origin>();
  for (const [key, child] of entries) {
    value[key] = child.value;
    parts.set(key, child.origin);
  }
  return { value, origin: { frame: frameOf(at.origin), parts } };
}

/** What stands at a path, or undefined. */
export function valueAt(of: Traced, path: Path): Traced | undefined {
  return path.reduce<Traced | undefined>((at, step) => at && stepInto(at, step), of);
}

function stepInto(at: Traced, step: string | number): Traced | undefined {
  if (!Array.isArray(at.value)) return field(at, String(step));
  const value = at.value[Number(step)];
  return value === undefined ? undefined : { value, origin: originAt(at.origin, Number(step)) };
}

/** `of` with another value at a path that exists. */
export function withValueAt(of: Traced, [step, ...rest]: Path, value: Traced): Traced {
  if (step === undefined) return value;
  const child = withValueAt(stepInto(of, step) ?? of, rest, value);
  return Array.isArray(of.value)
    ? withItems(of, items(of).with(Number(step), child))
    : withField(of, String(step), child);
}

/** Every place at which something begins that was written elsewhere than what it stands in, in the order of fields. */
export function* placesOf(of: Traced, path: Path = []): Generator<{ path: Path; origin: Origin }> {
  yield { path, origin: of.origin };
  if (!("parts" in of.origin)) return;
  for (const step of [...of.origin.parts.keys()].sort()) {
    const child = stepInto(of, step);
    if (child !== undefined) yield* placesOf(child, [...path, step]);
  }
}

/** The document in which a value begins. */
export function documentOf({ origin }: Pick<Traced, "origin">): ManifestDocument {
  return frameOf(origin).document;
}

/** Where a value was written, and whether that place says the value itself. */
export interface Place {
  readonly range: Range;
  readonly verbatim: boolean;
}

/**
 * Where `path` of a value was written. A path that does not exist answers with what took it away, or else with its deepest
 * existing parent.
 */
export function placeOf(of: Traced, path: Path = [], part: "key" | "value" = "value"): Place {
  let at = of;
  for (const [index, step] of path.entries()) {
    const next = stepInto(at, step);
    if (next === undefined) {
      const taken = "parts" in at.origin ? at.origin.parts.get(step) : undefined;
      if (taken !== undefined) return place(frameOf(taken), [], part);
      // The document says where something is missing; a frame alone knows its parent only.
      if ("frame" in at.origin) return place(at.origin.frame, [], "key");
      return place(at.origin, path.slice(index), part);
    }
    at = next;
  }
  return place(frameOf(at.origin), [], part);
}

function place({ document, path, computed: worked }: Written, rest: Path, part: "key" | "value"): Place {
  const range = document.locate(worked ? path : [...path, ...rest], part);
  return { range, verbatim: !worked };
}

function copyOf(value: Json): JsonObject {
  return Object.assign(new BareObject(), isObject(value) ? value : {});
}
