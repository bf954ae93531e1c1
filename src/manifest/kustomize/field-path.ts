/** Paths such as `spec.http.[name=main].route.0.weight`: kyaml `yaml/match.go`, `yaml/fns.go`, `utils/pathsplitter.go`. */
import { isObject } from "../json.ts";
import { splitPath } from "./field-spec.ts";
import { refuse } from "./not-buildable.ts";
import { demandPlainKey } from "./plain-keys.ts";
import { regexMatch } from "./selector.ts";
import { textOf } from "./spelling.ts";
import { computed, emptyMapping, field, items, type Traced, withField, withItems } from "./traced.ts";

/** Splits a path at its dots; dots between brackets belong to a name. */
export function fieldPath(path: string): string[] {
  const steps: string[] = [];
  let open: string | null = null;
  for (const part of splitPath(path, ".")) {
    const step: string = open === null ? part : `${open}.${part}`;
    open = step.startsWith("[") && !part.endsWith("]") ? step : null;
    if (open === null) steps.push(isBracketed(step, part) ? unbracketed(step) : step);
  }
  return open === null ? steps : [...steps, unbracketed(open)];
}

function isBracketed(step: string, last: string): boolean {
  return step !== last && step.startsWith("[");
}

/** A name in brackets stands without them; a match of an item keeps them. */
function unbracketed(step: string): string {
  return step.includes("=") ? step : step.replace(/^[[\]]+|[[\]]+$/g, "");
}

/** What stands at a path, or undefined. `at` is where the path is written. */
export function lookUp(body: Traced, path: readonly string[], at: Traced): Traced | undefined {
  let found: Traced | undefined = body;
  for (const step of path.map((raw) => raw.trim()).filter((raw) => raw !== "")) {
    if (found === undefined || found.value === null) return undefined;
    if (/^-?\d+$/.test(step) || step === "-") found = itemAt(found, step, at);
    else if (step === "*") refuse("a source cannot be chosen by *", at);
    else if (isItemMatch(step)) found = matchedItem(found, step, at);
    else {
      if (!isObject(found.value)) refuse(`${step} is looked for in a value that is no mapping`, at);
      found = field(found, step);
    }
  }
  return found;
}

function itemAt(list: Traced, step: string, at: Traced): Traced | undefined {
  if (!Array.isArray(list.value)) refuse(`item ${step} is looked for in a value that is no list`, at);
  if (step.startsWith("-") && step !== "-") refuse(`${step} is no index of a list`, at);
  return step === "-" ? items(list).at(-1) : items(list)[Number(step)];
}

function isItemMatch(step: string): boolean {
  return step.startsWith("[") && step.endsWith("]");
}

function splitMatch(step: string, at: Traced): { name: string; value: string } {
  const inner = step.slice(1, -1);
  const equals = inner.indexOf("=");
  if (equals < 0) refuse(`${step} does not say which field has which value`, at);
  return { name: inner.slice(0, equals), value: inner.slice(equals + 1) };
}

function matchedItem(list: Traced, step: string, at: Traced): Traced | undefined {
  if (!Array.isArray(list.value)) refuse(`${step} is looked for in a value that is no list`, at);
  const { name, value } = splitMatch(step, at);
  return items(list).find((item) => {
    const own = name === "" ? item : field(item, name);
    return own !== undefined && (name === "" || own.value !== null) && textOf(own) === value;
  });
}

/** What happens to each field that a target path reaches. */
export interface TargetChange {
  /** What a missing field becomes; without it nothing is created. */
  readonly create?: Traced;
  /** Where the path is written. */
  readonly at: Traced;
  set(found: Traced): Traced;
}

/** Changes every field that a path reaches, and says how many there were. */
export function changeTargets(
  body: Traced,
  [step, ...rest]: readonly string[],
  change: TargetChange,
): { readonly changed: Traced; readonly count: number } {
  if (step === undefined) return { changed: change.set(body), count: 1 };
  if (/^\d+$/.test(step)) return changeIndex(body, Number(step), rest, change);
  if (isItemMatch(step)) return changeMatches(body, step, rest, change);
  if (step === "*") return changeItems(body, () => true, rest, change);
  return changeNamed(body, step, rest, change);
}

function changeNamed(body: Traced, name: string, rest: readonly string[], change: TargetChange) {
  if (body.value === null) {
    if (change.create !== undefined) refuse(`${name} cannot be created inside a null`, body);
    return { changed: body, count: 0 };
  }
  if (!isObject(body.value)) refuse(`${name} is looked for in a value that is no mapping`, change.at);
  const found = field(body, name);
  if (found === undefined && change.create === undefined) return { changed: body, count: 0 };
  if (found === undefined) demandPlainKey(name, change.at);
  const { changed, count } = changeTargets(found ?? blankFor(rest[0], change), rest, change);
  return { changed: count === 0 && found === undefined ? body : withField(body, name, changed), count };
}

function blankFor(next: string | undefined, { create, at }: TargetChange): Traced {
  if (next === undefined) return create ?? at;
  return isItemMatch(next) || /^\d+$/.test(next) ? { ...computed([], at) } : emptyMapping(at);
}

function changeIndex(body: Traced, index: number, rest: readonly string[], change: TargetChange) {
  const list = listIn(body, change.at);
  const appended = index === list.length && change.create !== undefined;
  const item = appended ? blankFor(rest[0], change) : list[index];
  if (item === undefined) refuse(`item ${index} is named, and there are ${list.length}`, change.at);
  const { changed, count } = changeTargets(item, rest, change);
  return { changed: withItems(body, appended ? [...list, changed] : list.with(index, changed)), count };
}

function changeMatches(body: Traced, step: string, rest: readonly string[], change: TargetChange) {
  const { name, value } = splitMatch(step, change.at);
  const isMatch = regexMatch(value, change.at);
  const matches = (item: Traced) => {
    const own = name === "" ? item : field(item, name);
    return own !== undefined && isMatch(textOf(own));
  };
  const result = changeItems(body, matches, rest, change);
  if (result.count > 0 || change.create === undefined) return result;
  const named = computed(value, change.at);
  const item = name === "" ? named : withField(emptyMapping(change.at), name, named);
  return changeItems(withItems(body, [...listIn(body, change.at), item]), matches, rest, change);
}

function changeItems(
  body: Traced,
  wanted: (item: Traced) => boolean,
  rest: readonly string[],
  change: TargetChange,
) {
  let count = 0;
  const list = listIn(body, change.at).map((item) => {
    if (!wanted(item)) return item;
    const inside = changeTargets(item, rest, change);
    count += inside.count;
    return inside.count > 0 ? inside.changed : item;
  });
  return { changed: count > 0 ? withItems(body, list) : body, count };
}

function listIn(body: Traced, at: Traced): Traced[] {
  if (body.value !== null && !Array.isArray(body.value))
    refuse("items are looked for in a value that is no list", at);
  return items(body);
}
