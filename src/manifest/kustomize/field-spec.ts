/** Which fields a transformation works on, and how it reaches them: api `filters/fieldspec/fieldspec.go`. */
import { isObject } from "../json.ts";
import { groupVersionOf, isSelected, type KindSelector } from "./identity.ts";
import { refuse } from "./not-buildable.ts";
import { demandPlainKey } from "./plain-keys.ts";
import { over } from "./sharing.ts";
import { emptyMapping, field, items, type Traced, withField, withItems } from "./traced.ts";

export interface FieldSpec extends KindSelector {
  /** Field names separated by `/`; lists on the way are walked through. `\/` is a slash in a name. */
  readonly path: string;
  /** Whether what is missing of the path is created. */
  readonly create?: boolean;
}

/** What happens to the fields that are reached. */
export interface FieldChange {
  /** What a missing field becomes; without it nothing is created. */
  readonly create?: "scalar" | "mapping";
  /** Where the change is asked for: created mappings stand there. */
  readonly at: Traced;
  /** A created scalar is a null. */
  set(found: Traced): Traced;
}

/** Applies a change to every field of an object that a spec names. */
export function changeField(body: Traced, spec: FieldSpec, change: FieldChange): Traced {
  const { apiVersion, kind } = isObject(body.value) ? body.value : {};
  const type = { ...groupVersionOf(String(apiVersion ?? "")), kind: String(kind ?? "") };
  return isSelected(type, spec) ? reach(body, splitPath(spec.path, "/"), spec, change) : body;
}

export function changeFields(body: Traced, specs: readonly FieldSpec[], change: FieldChange): Traced {
  return specs.reduce((changed, spec) => changeField(changed, spec, change), body);
}

function reach(at: Traced, path: readonly string[], spec: FieldSpec, change: FieldChange): Traced {
  if (path.length === 0) return change.set(at);
  if (at.value === null) return at;
  if (Array.isArray(at.value)) {
    const list = items(at);
    const changed = list.map((item) => reach(item, path, spec, change));
    return changed.some((item, index) => item !== list[index]) ? withItems(at, changed) : at;
  }
  if (!isObject(at.value))
    refuse(`${spec.path} leads through a value that is neither a list nor a mapping`, at);
  return reachField(at, path, spec, change);
}

/** Kustomize takes anything else for an item of a list (kyaml `yaml/fns.go` PathGetter). */
const isFieldName = /^(?![-+]?\d+$|-$|\*$|\[.*\]$|$)/;

function reachField(
  at: Traced,
  [first = "", ...rest]: readonly string[],
  spec: FieldSpec,
  change: FieldChange,
): Traced {
  const isList = first.endsWith("[]");
  const name = isList ? first.slice(0, -2) : first;
  if (!isFieldName.test(name)) refuse(`${spec.path} names no field with ${first || "nothing"}`, at);
  const creates = spec.create === true && change.create !== undefined && !isList;
  const found = field(at, name);
  if (found === undefined && !creates) return at;
  if (found === undefined) demandPlainKey(name, change.at);
  const present = found !== undefined && (found.value !== null || !(creates || isList)) ? found : undefined;
  const child = present ?? (isList ? { ...change.at, value: [] } : blank(rest.length > 0, change));
  const changed = reach(child, rest, spec, change);
  return changed === found ? at : withField(at, name, changed);
}

function blank(isFrame: boolean, { create, at }: FieldChange): Traced {
  return isFrame || create === "mapping" ? emptyMapping(at) : { ...at, value: null };
}

/** Splits at a delimiter that no backslash precedes; a leading delimiter is overlooked (kyaml `utils/pathsplitter.go`). */
export function splitPath(path: string, delimiter: string): string[] {
  const raw = path.split(delimiter);
  const parts = raw.length > 1 && raw[0] === "" ? raw.slice(1) : raw;
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.endsWith("\\")) joined[joined.length - 1] = last.slice(0, -1) + delimiter + part;
    else joined.push(part);
  }
  return joined;
}

/** Adds specs to a list; one that a spec there already covers is left out. */
export function mergedSpecs(
  specs: readonly FieldSpec[],
  more: readonly FieldSpec[],
  at: Traced,
): readonly FieldSpec[] {
  if (specs === more) return specs;
  const merged = [...specs];
  for (const spec of more) {
    const known = merged.find((other) => other.path === spec.path && isSelected(named(other), spec));
    if (known === undefined) merged.push(spec);
    else if ((known.create ?? false) !== (spec.create ?? false)) {
      refuse(`the field specifications for ${spec.path} contradict each other`, at);
    }
  }
  return merged;
}

function named({ group = "", version = "", kind = "" }: KindSelector) {
  return { group, version, kind };
}

/** Sets an entry of a mapping, such as a label. */
export function setEntry(key: string, value: Traced): (found: Traced) => Traced {
  return (found) => {
    // Kustomize writes into a null too, and loses what it wrote.
    if (found.value === null) return found;
    if (!isObject(found.value)) refuse(`a value stands where a mapping with ${key} is expected`, found);
    const present = field(found, key);
    if (present === undefined) demandPlainKey(key, value);
    return withField(found, key, present === undefined ? value : over(present, value));
  };
}

/** Replaces a scalar. */
export function setScalar(value: (found: Traced) => Traced): (found: Traced) => Traced {
  return (found) => {
    if (found.value !== null && typeof found.value === "object")
      refuse("a list or a mapping stands where a scalar is expected", found);
    return over(found, value(found));
  };
}
