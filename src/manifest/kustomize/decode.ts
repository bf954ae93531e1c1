/** Decodes values as Go's `encoding/json` fills a structure: keys in any case, null as nothing, no field unknown. */
import { isObject } from "../json.ts";
import { refuse } from "./not-buildable.ts";
import { fields, items, placeOf, type Traced } from "./traced.ts";

export type Shape =
  | "string"
  | "boolean"
  | "integer"
  | "texts"
  | "switches"
  | "anything"
  | { readonly listOf: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** What a shape decodes to. */
export type Decoded<S> = S extends "string"
  ? string
  : S extends "boolean"
    ? boolean
    : S extends "integer"
      ? number
      : S extends "texts"
        ? Readonly<Record<string, string>>
        : S extends "switches"
          ? Readonly<Record<string, boolean>>
          : S extends "anything"
            ? Traced | null
            : S extends { listOf: infer Item }
              ? readonly Decoded<Item>[]
              : S extends { fields: infer Fields }
                ? { readonly [Name in keyof Fields]: Decoded<Fields[Name]> } & Placed
                : never;

/** Where a decoded structure is written, and which of its fields are. */
export interface Placed {
  readonly at: Traced;
  /** Where a field is written; where the structure is when it is not. */
  readonly placeOf: (name: string) => Traced;
  readonly states: (name: string) => boolean;
}

/** Decodes a value; ends the build where it has another shape. `what` names it in the message. */
export function decode<const S extends Shape>(
  value: Traced,
  shape: S,
  what: string,
  unknown: Unknown = "refused",
): Decoded<S> {
  return decodeAny(value, shape, what, unknown) as Decoded<S>;
}

type Unknown = "refused" | "ignored";

function decodeAny(value: Traced, shape: Shape, what: string, unknown: Unknown): unknown {
  if (shape === "anything") return value.value === null ? null : value;
  if (typeof shape === "string") return decodeScalar(value, shape, what);
  if ("listOf" in shape) {
    if (value.value === null) return [];
    if (!Array.isArray(value.value)) refuse(`${what} is not a list`, value);
    return items(value).map((item) => decodeAny(item, shape.listOf, what, unknown));
  }
  if (value.value !== null && !isObject(value.value)) refuse(`${what} is not a mapping`, value);
  return decodeFields(value, shape.fields, what, unknown);
}

function decodeScalar(of: Traced, shape: Exclude<Shape, object>, what: string): unknown {
  const { value } = of;
  switch (shape) {
    case "boolean":
      if (value === null || typeof value === "boolean") return value ?? false;
      break;
    case "integer":
      if (value === null || (typeof value === "number" && Number.isInteger(value))) return value ?? 0;
      break;
    case "texts":
    case "switches": {
      if (value !== null && !isObject(value)) break;
      const entry = shape === "texts" ? "string" : "boolean";
      return Object.fromEntries(
        fields(of).map(([key, item]) => [key, decodeScalar(item, entry, `${what}.${key}`)]),
      );
    }
    default:
      if (value === null || typeof value === "string") return value ?? "";
  }
  refuse(`${what} is not ${shape === "texts" || shape === "switches" ? "a mapping" : `a ${shape}`}`, of);
}

function decodeFields(
  value: Traced,
  shapes: Readonly<Record<string, Shape>>,
  what: string,
  unknown: Unknown,
): Placed {
  const names = new Map(Object.keys(shapes).map((name) => [name.toLowerCase(), name]));
  const found = new Map<string, Traced>();
  for (const [key, entry] of fields(value)) {
    const name = Object.hasOwn(shapes, key) ? key : names.get(key.toLowerCase());
    if (name !== undefined) found.set(name, entry);
    else if (unknown === "refused") {
      refuse(
        `${what === "" ? "a kustomization" : what} has no field ${key}`,
        placeOf(value, [key], "key").range,
      );
    }
  }
  const nothing = { ...value, value: null };
  const decoded = Object.entries(shapes).map(([name, shape]) => [
    name,
    decodeAny(found.get(name) ?? nothing, shape, what === "" ? name : `${what}.${name}`, unknown),
  ]);
  return {
    ...Object.fromEntries(decoded),
    at: value,
    placeOf: (name: string) => found.get(name) ?? value,
    states: (name: string) => found.has(name) && found.get(name)!.value !== null,
  };
}
