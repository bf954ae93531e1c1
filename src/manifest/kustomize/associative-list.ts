/** Lists whose items are told apart by their fields: kyaml `yaml/walk/associative_sequence.go`, quirks included. */
import { isObject } from "../json.ts";
import { textOf } from "./spelling.ts";
import { field, items, type Traced, withItems } from "./traced.ts";

export interface ItemMerge {
  mergeItem(item: Traced | undefined, change: Traced | undefined): Traced | undefined;
  /** Whether a change takes the place of an item instead of changing it. */
  replaces(change: Traced | undefined): boolean;
}

/** What tells one item from the others: the text of each key field, empty where it is missing. */
type Key = readonly string[];

/** Merges the items of `patch` into `list`: items of the patch come first, in its order. */
export function mergeLists(
  list: Traced,
  patch: Traced | undefined,
  keys: readonly string[],
  { mergeItem, replaces }: ItemMerge,
): Traced | undefined {
  const names = keys.length === 0 ? [""] : keys;
  let kept = items(list);
  // A list that is added is merged with itself: what becomes of its items becomes of the changes as well.
  const isItself = patch === list;
  const changes = patch === undefined ? [] : items(patch);
  let merged: Traced[] = [];
  let used: Lookup = { keys: names, values: [] };
  const all = distinct([...changes, ...kept].map((item) => keyOf(item, names)));
  for (const key of names.length > 1 ? reconciled(all) : all) {
    used = lookupFor(all, key, names);
    const own = indexOf(kept, lookupFor([used.values], used.values, used.keys));
    const change = isItself
      ? kept[own]
      : changes[indexOf(changes, lookupFor([used.values], used.values, used.keys))];
    const result = mergeItem(kept[own], change);
    if (result === undefined || result.value === null || isEmptyMapping(result)) {
      kept = put(kept, null, used);
      continue;
    }
    if (own >= 0 && (isItself || !replaces(change))) kept = kept.with(own, result);
    merged = put(merged, result, used);
  }
  if (all.length === 0) return withItems(list, kept);
  return withItems(list, appended(merged, kept, used.keys));
}

interface Lookup {
  readonly keys: readonly string[];
  readonly values: Key;
}

function keyOf(item: Traced, keys: readonly string[]): Key {
  return keys.map((key) => (key === "" ? textOf(item) : fieldText(item, key)));
}

function fieldText(item: Traced, key: string): string {
  const found = field(item, key);
  return found === undefined || found.value === null ? "" : textOf(found);
}

function distinct(keys: readonly Key[]): Key[] {
  return [...new Map(keys.filter((key) => key.length > 0).map((key) => [JSON.stringify(key), key])).values()];
}

/** Keys that agree as far as both state them become one: a protocol that one side leaves out is the other's. */
function reconciled(keys: Key[]): Key[] {
  for (const [i, a] of keys.entries()) {
    for (const [j, b] of keys.entries()) {
      const one = agreed(a, b);
      if (one !== null) {
        keys[i] = one;
        keys[j] = one;
      }
    }
  }
  return keys;
}

function agreed(a: Key, b: Key): Key | null {
  if (a.some((value, index) => value !== b[index] && value !== "" && b[index] !== "")) return null;
  return a.some((value, index) => value === b[index])
    ? a.map((value, index) => value || (b[index] ?? ""))
    : null;
}

/** Only key fields that some item states are looked at; where none is, all are. */
function lookupFor(all: readonly Key[], key: Key, keys: readonly string[]): Lookup {
  const stated = new Set(all.flatMap((values) => keys.filter((_, index) => values[index])));
  if (stated.size === 0) return { keys, values: key };
  return {
    keys: keys.filter((name) => stated.has(name)),
    values: key.filter((value, index) => value !== "" || stated.has(keys[index]!)),
  };
}

/** The first item whose key fields have the values; -1 where there is none. */
function indexOf(list: readonly Traced[], { keys, values }: Lookup): number {
  if (keys[0] === "") return list.findIndex((item) => textOf(item) === values[0]);
  return list.findIndex(
    (item) =>
      isObject(item.value) &&
      keys.every((key, index) => {
        const found = field(item, key);
        return found !== undefined && textOf(found) === values[index];
      }),
  );
}

/** Puts an item in the place of every item of its key, or at the end; null removes them. Empty items go as well. */
function put(list: readonly Traced[], item: Traced | null, lookup: Lookup): Traced[] {
  const wantsMapping = Boolean(lookup.keys[0]) && Boolean(lookup.values[0]);
  let found = false;
  const result: Traced[] = [];
  for (const present of list) {
    if (present.value === null || isEmptyMapping(present)) continue;
    if (!isObject(present.value) && wantsMapping) result.push(present);
    else if (!matches(present, lookup)) {
      if (lookup.values.length > 0) result.push(present);
    } else {
      found = true;
      if (item !== null) result.push(item);
    }
  }
  if (item !== null && !found) result.push(item);
  return result;
}

function matches(item: Traced, { keys, values }: Lookup): boolean {
  let last = false;
  return keys.every((key, index) => {
    // Kustomize looks again at the field before where it was given fewer values than keys.
    if (index >= values.length) return last;
    const found = key === "" ? item : field(item, key);
    // An empty value stands for any, except where the item itself is the value.
    const isAny = key !== "" && values[index] === "";
    last = found !== undefined && (isAny || textOf(found) === values[index]);
    return last;
  });
}

/** Adds the items of a list behind those already merged; the same item takes its own place again. */
function appended(merged: readonly Traced[], list: readonly Traced[], keys: readonly string[]): Traced[] {
  let result = [...merged];
  for (const item of list) {
    const values: string[] = [];
    for (const key of keys) {
      if (key === "") values.push(textOf(item));
      else {
        const found = field(item, key);
        if (found === undefined) result.push(item);
        else values.push(textOf(found));
      }
    }
    if (keys.length > 1) result = put(result, null, { keys, values });
    result = put(result, item, { keys, values });
  }
  return result;
}

function isEmptyMapping({ value }: Traced): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
