/** JSON patches (RFC 6902) as kustomize applies them: gopkg.in/evanphx/json-patch.v4, `patch.go`. */
import { isObject } from "../json.ts";
import type { Json } from "../source.ts";
import { refuse } from "./not-buildable.ts";
import { computed, field, fields, items, type Traced, withField, withItems, withoutField } from "./traced.ts";

/** Applies all operations of a patch, a list, to an object. */
export function applyJsonPatch(body: Traced, patch: Traced): Traced {
  return items(patch).reduce(applyOperation, body);
}

function applyOperation(body: Traced, operation: Traced): Traced {
  const kind = text(operation, "op");
  switch (kind) {
    case "add":
      return add(body, pathOf(operation, "path"), operand(operation), operation);
    case "remove":
      return remove(body, pathOf(operation, "path"), operation);
    case "replace":
      return replace(body, operation);
    case "move": {
      const value = get(body, pathOf(operation, "from"), operation);
      const rest = remove(body, pathOf(operation, "from"), operation);
      return add(rest, pathOf(operation, "path"), value, operation);
    }
    case "copy":
      return add(body, pathOf(operation, "path"), get(body, pathOf(operation, "from"), operation), operation);
    case "test":
      if (field(operation, "value") === undefined) refuse("a test needs a value", operation);
      if (!equal(get(body, pathOf(operation, "path"), operation).value, operand(operation).value)) {
        refuse(`the patch tests ${text(operation, "path")} for a value that does not stand there`, operation);
      }
      return body;
    default:
      refuse(`${kind ?? "nothing"} is no operation of a JSON patch`, field(operation, "op") ?? operation);
  }
}

function replace(body: Traced, operation: Traced): Traced {
  const value = operand(operation);
  const path = pathOf(operation, "path");
  if (path.length === 0) {
    if (!isObject(value.value)) refuse("a whole object can only be replaced by an object", operation);
    return value;
  }
  return change(body, path, operation, (parent, key) => {
    if (!Array.isArray(parent.value)) return withField(parent, key, value);
    return withItems(parent, items(parent).with(indexIn(parent, key, operation), value));
  });
}

function add(body: Traced, path: readonly string[], value: Traced, operation: Traced): Traced {
  return change(body, path, operation, (parent, key) => {
    if (!Array.isArray(parent.value)) return withField(parent, key, value);
    const list = items(parent);
    const index = key === "-" ? list.length : indexIn(parent, key, operation, 1);
    return withItems(parent, list.toSpliced(index, 0, value));
  });
}

function remove(body: Traced, path: readonly string[], operation: Traced): Traced {
  return change(body, path, operation, (parent, key) => {
    if (Array.isArray(parent.value))
      return withItems(parent, items(parent).toSpliced(indexIn(parent, key, operation), 1));
    if (field(parent, key) === undefined) missing(operation);
    return withoutField(parent, key, operation);
  });
}

/** What stands at a path; a field that a mapping does not have reads as null. */
function get(body: Traced, path: readonly string[], operation: Traced): Traced {
  let at = body;
  for (const [index, key] of path.entries()) {
    if (Array.isArray(at.value)) at = items(at)[indexIn(at, key, operation)]!;
    else if (isObject(at.value)) {
      const next = field(at, key);
      if (next === undefined && index < path.length - 1) missing(operation);
      at = next ?? computed(null, at);
    } else missing(operation);
  }
  return at;
}

/** Rebuilds the way to the parent of what a path names. */
function change(
  at: Traced,
  path: readonly string[],
  operation: Traced,
  edit: (parent: Traced, key: string) => Traced,
): Traced {
  const [key, ...rest] = path;
  if (key === undefined || at.value === null || typeof at.value !== "object") missing(operation);
  if (rest.length === 0) return edit(at, key);
  if (Array.isArray(at.value)) {
    const list = items(at);
    const index = indexIn(at, key, operation);
    return withItems(at, list.with(index, change(list[index]!, rest, operation, edit)));
  }
  const child = field(at, key);
  if (child === undefined) missing(operation);
  return withField(at, key, change(child, rest, operation, edit));
}

/** An index of a list; negative ones count from its end. `room` is 1 where the place behind the last counts too. */
function indexIn(list: Traced, key: string, operation: Traced, room = 0): number {
  const length = items(list).length + room;
  const index = /^[-+]?\d+$/.test(key) ? Number(key) : Number.NaN;
  const place = index < 0 ? index + length : index;
  if (!(place >= 0 && place < length)) {
    refuse(
      `the patch names item ${key} of a list of ${items(list).length}`,
      field(operation, "path") ?? operation,
    );
  }
  return place;
}

function missing(operation: Traced): never {
  const pointers = ["from", "path"]
    .map((key) => text(operation, key))
    .filter((pointer) => pointer !== undefined);
  refuse(`the patch finds nothing at ${pointers.join(" or at ")}`, field(operation, "path") ?? operation);
}

function text(operation: Traced, key: string): string | undefined {
  const value = field(operation, key)?.value;
  return typeof value === "string" ? value : undefined;
}

/** A JSON pointer as its steps. The empty pointer is the whole object. */
function pathOf(operation: Traced, key: "path" | "from"): string[] {
  const pointer = text(operation, key);
  if (pointer === undefined) refuse(`the operation has no ${key}`, operation);
  if (pointer === "") return [];
  const steps = pointer.split("/").slice(1);
  if (steps.length === 0)
    refuse(`${pointer} does not begin with a slash`, field(operation, key) ?? operation);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function operand(operation: Traced): Traced {
  return field(operation, "value") ?? computed(null, operation);
}

function equal(a: Json, b: Json): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]!));
  if (!isObject(a)) return a === b;
  const keys = Object.keys(a);
  return (
    isObject(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key]!, b[key]!))
  );
}

/** Numbers as they are after passing through Go's `float64`, which is what a JSON patch does to a whole object. */
export function throughFloats(of: Traced): Traced {
  if (typeof of.value === "bigint") return { ...of, value: Number(of.value) };
  if (!holdsBigInteger(of.value)) return of;
  if (Array.isArray(of.value)) return withItems(of, items(of).map(throughFloats));
  return fields(of).reduce((changed, [key, child]) => withField(changed, key, throughFloats(child)), of);
}

function holdsBigInteger(value: Json): boolean {
  if (Array.isArray(value)) return value.some(holdsBigInteger);
  if (isObject(value)) return Object.values(value).some(holdsBigInteger);
  return typeof value === "bigint";
}
