import type { Json, JsonObject } from "./source.ts";

/**
 * An object that inherits nothing, so that no key a manifest may hold (`__proto__`, `constructor`) has a meaning.
 * Unlike `Object.create(null)` it keeps the engine's compact layout, which halves the memory of a large mesh.
 */
export const BareObject = function BareObject() {} as unknown as new () => JsonObject;
BareObject.prototype = Object.freeze(Object.create(null));

/** Whether a value is a mapping: neither a list, nor null, nor a scalar. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether anything inside an object or a list is null. */
export function holdsNull(value: Json): boolean {
  if (Array.isArray(value)) return value.some((item) => item === null || holdsNull(item));
  if (!isObject(value)) return false;
  for (const key in value) if (value[key] === null || holdsNull(value[key]!)) return true;
  return false;
}
