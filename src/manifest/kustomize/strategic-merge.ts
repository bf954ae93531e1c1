/**
 * Strategic merge patches: kyaml `yaml/merge2/merge2.go` over `yaml/walk`. Mappings merge, lists are replaced unless
 * the kind's schema merges them, null removes; `$patch` says otherwise.
 */
import { isObject } from "../json.ts";
import type { Json } from "../source.ts";
import { mergeLists } from "./associative-list.ts";
import type { MergeSchema } from "./merge-keys.ts";
import { refuse } from "./not-buildable.ts";
import { over } from "./sharing.ts";
import { inQuotesOf, isWrittenNull } from "./spelling.ts";
import { field, fields, items, type Traced, withField, withItems, withoutField } from "./traced.ts";

export type Directive = "merge" | "replace" | "delete";

export interface MergeOptions {
  readonly schema: (apiVersion: string, kind: string) => MergeSchema | undefined;
  /** Whether a JSON patch has written the object anew: every null is written out then, and quotes stand where they have to. */
  readonly rewritten: boolean;
}

type Maybe = Traced | undefined;

/** `into` as `patch` leaves it; undefined where the patch deletes it. Either may be missing. */
export function merge(into: Maybe, patch: Maybe, options: MergeOptions, schema?: MergeSchema): Maybe {
  const lead = present(into) ?? present(patch);
  if (lead === undefined) return mergeNulls(into, patch, options);
  const known = schema ?? typeSchema(into, options) ?? typeSchema(patch, options);
  if (patch === undefined && known === undefined && !isTouchedInPassing(lead.value)) return into;
  if (isObject(lead.value)) {
    sameShape(lead, into, patch, isObject, "a mapping");
    return mergeMappings(into, patch, options, known);
  }
  if (Array.isArray(lead.value)) {
    sameShape(lead, into, patch, Array.isArray, "a list");
    if (known?.keys === undefined) return chosen(into, patch, options);
    return mergeKeyedLists(into, patch, options, known);
  }
  sameShape(lead, into, patch, (value) => !isObject(value) && !Array.isArray(value), "a scalar");
  return chosen(into, patch, options);
}

/** Where nothing merges the patch holds, and null removes. The quotes of what it is written over stay, and make a text of it. */
function chosen(into: Maybe, patch: Maybe, { rewritten }: MergeOptions): Maybe {
  if (patch === undefined) return into;
  const held = present(patch);
  if (held === undefined || into === undefined) return held;
  return over(into, inQuotesOf(into, held, rewritten));
}

/** Whether a merge that has nothing to say to a value changes it all the same. */
function isTouchedInPassing(value: Json): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.some(isTouchedInPassing);
  if (!isObject(value)) return false;
  return (
    (value.apiVersion !== undefined && value.kind !== undefined) ||
    Object.values(value).some(isTouchedInPassing)
  );
}

function present(of: Maybe): Maybe {
  return of === undefined || of.value === null ? undefined : of;
}

function sameShape(
  lead: Traced,
  into: Maybe,
  patch: Maybe,
  is: (value: Traced["value"]) => boolean,
  what: string,
): void {
  for (const side of [into, patch]) {
    if (side !== undefined && side !== lead && side.value !== null && !is(side.value)) {
      refuse(`the patch meets ${what} where it is something else`, side);
    }
  }
}

/** A null that the patch does not speak of stays where it is written out, and goes where nobody wrote it. */
function mergeNulls(into: Maybe, patch: Maybe, { rewritten }: MergeOptions): Maybe {
  if (patch !== undefined || into === undefined) return undefined;
  return rewritten || isWrittenNull(into) ? into : undefined;
}

/** Where nothing is known of a field, an object inside it may still say what it is. */
function typeSchema(of: Maybe, { schema }: MergeOptions): MergeSchema | undefined {
  if (of === undefined || !isObject(of.value)) return undefined;
  const { apiVersion, kind } = of.value;
  return typeof apiVersion === "string" && typeof kind === "string" ? schema(apiVersion, kind) : undefined;
}

function mergeMappings(
  into: Maybe,
  patch: Maybe,
  options: MergeOptions,
  schema: MergeSchema | undefined,
): Maybe {
  const directive = patch === undefined || patch.value === null ? "merge" : directiveOf(patch);
  if (directive === "delete") return undefined;
  const rest = patch === undefined ? undefined : withoutField(patch, "$patch");
  // What is added or replaced is merged with itself, which is what takes nulls and directives out of it.
  const isItself = present(into) === undefined || directive === "replace" || into === patch;
  const target = isItself ? rest : into;
  if (rest?.value === null || target === undefined) return undefined;
  let merged = target;
  for (const key of keysOf(target, rest)) {
    const before = field(target, key);
    const change = isItself ? before : rest && field(rest, key);
    const after = merge(before, change, options, schema?.fields?.[key]);
    if (after === undefined) merged = withoutField(merged, key, isItself ? undefined : change);
    else if (after !== before) merged = withField(merged, key, after);
  }
  return merged;
}

function keysOf(...mappings: readonly Maybe[]): Set<string> {
  return new Set(
    mappings.flatMap((mapping) => (mapping && isObject(mapping.value) ? Object.keys(mapping.value) : [])),
  );
}

function directiveOf(patch: Traced): Directive {
  const directive = field(patch, "$patch");
  return directive === undefined ? "merge" : directiveNamed(directive);
}

function directiveNamed(directive: Traced): Directive {
  const { value } = directive;
  if (value === "merge" || value === "replace" || value === "delete") return value;
  refuse(`${String(value)} is no patch directive; there are merge, replace and delete`, directive);
}

function mergeKeyedLists(into: Maybe, patch: Maybe, options: MergeOptions, schema: MergeSchema): Maybe {
  if (patch !== undefined && patch.value === null) return undefined;
  const directive = patch === undefined ? null : listDirective(patch);
  if (directive === "delete" && present(into) !== undefined) return undefined;
  const rest = patch === undefined || directive === null ? patch : withoutDirective(patch, directive);
  const target =
    present(into) === undefined ? patch : directive === "replace" || into === patch ? rest : into;
  if (target === undefined) return undefined;
  const mergeItem = (item: Maybe, change: Maybe) =>
    merge(item, change, options, { fields: schema.fields ?? {} });
  const replaces = (change: Maybe) =>
    change !== undefined && isObject(change.value) && directiveOf(change) === "replace";
  return mergeLists(target, present(into) === undefined ? target : rest, schema.keys ?? [], {
    mergeItem,
    replaces,
  });
}

/** An item that is a directive and nothing else speaks for the list. */
function listDirective(patch: Traced): Directive | null {
  const item = items(patch).find((candidate) => field(candidate, "$patch") !== undefined);
  return item === undefined || fields(item).length > 1 ? null : directiveNamed(field(item, "$patch")!);
}

function withoutDirective(patch: Traced, directive: Directive): Traced {
  return withItems(
    patch,
    items(patch).filter(
      (item) => field(item, "$patch")?.value !== directive && item.value !== null && !isEmpty(item),
    ),
  );
}

function isEmpty({ value }: Traced): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
