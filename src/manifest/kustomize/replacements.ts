/** Copies values from one object into others: api `filters/replacement/replacement.go`. */
import { BareObject, isObject } from "../json.ts";
import type { Json } from "../source.ts";
import { resourceDialect } from "./dialect.ts";
import { changeTargets, fieldPath, lookUp } from "./field-path.ts";
import { type Identity, isSelected, type KindSelector } from "./identity.ts";
import { refuse } from "./not-buildable.ts";
import type { PatchContext } from "./patch-text.ts";
import { formerIdentities, identityOf, type Resource, withBody } from "./resource.ts";
import { metadataSelector, type Selector } from "./selector.ts";
import { over, unshared } from "./sharing.ts";
import { textOf } from "./spelling.ts";
import { computed, type Traced } from "./traced.ts";

export interface FieldOptions {
  readonly delimiter: string;
  readonly index: number;
  readonly create: boolean;
}
export interface Target {
  readonly select: Selector | null;
  readonly reject: readonly Selector[];
  readonly fieldPaths: readonly string[];
  readonly options: FieldOptions | null;
}
export interface Replacement {
  readonly source:
    | (KindSelector & { name: string; namespace: string; fieldPath: string; options: FieldOptions | null })
    | null;
  readonly targets: readonly Target[] | null;
  /** Where it is written. */
  readonly at: Traced;
}

const nameField = "metadata.name";
/** Replacements can double a text each time they run; nothing real comes near. */
const longestText = 1 << 20;

export function replace(
  resources: readonly Resource[],
  replacement: Replacement,
  { incomplete, hole }: Pick<PatchContext, "incomplete" | "hole">,
): Resource[] {
  const { source, targets, at } = replacement;
  if (source === null || targets === null) refuse("a replacement needs a source and targets", at);
  const matches = resources.filter((resource) =>
    identities(resource).some((identity) => isMeant(identity, source)),
  );
  if (matches.length === 0 && incomplete) {
    hole("the source of the replacement is not in this repository, or could not be read", at);
    return [...resources];
  }
  const value = sourceValue(matches, source, at);
  return targets.reduce((changed, target) => intoTarget(changed, value, target, at), [...resources]);
}

function sourceValue(
  matches: readonly Resource[],
  source: NonNullable<Replacement["source"]>,
  at: Traced,
): Traced {
  if (matches.length !== 1)
    refuse(
      `the source of the replacement is ${matches.length === 0 ? "no resource" : "more than one resource"}`,
      at,
    );
  const path = source.fieldPath || nameField;
  const found = lookUp(matches[0]!.body, fieldPath(path), at);
  if (found === undefined || isEmpty(found.value)) refuse(`the source of the replacement has no ${path}`, at);
  return refined(found, source.options, at);
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

function refined(found: Traced, options: FieldOptions | null, at: Traced): Traced {
  if (options === null || options.delimiter === "") return found;
  if (found.value !== null && typeof found.value === "object")
    refuse("only a scalar can be split at a delimiter", at);
  const part = textOf(found).split(options.delimiter)[options.index];
  if (part === undefined) refuse(`there is no part ${options.index} of ${textOf(found)}`, at);
  return computed(part, found);
}

function intoTarget(resources: readonly Resource[], value: Traced, target: Target, at: Traced): Resource[] {
  const { select, reject } = target;
  if (select === null) refuse("a target of a replacement needs a selector", at);
  const marked = metadataSelector(select, at);
  const rejectedByMark = reject
    .filter(({ labelSelector, annotationSelector }) => labelSelector || annotationSelector)
    .map((selector) => metadataSelector(selector, at));
  const rejected = reject.filter(
    ({ group, version, kind, name, namespace }) => group || version || kind || name || namespace,
  );
  return resources.map((resource) => {
    const own = identities(resource);
    const wanted =
      marked(resource) &&
      !rejectedByMark.some((matches) => matches(resource)) &&
      own.some((identity) => isMeant(identity, select)) &&
      !rejected.some((selector) => own.some((identity) => isMeant(identity, selector)));
    return wanted ? withBody(resource, withValue(resource.body, value, target, at)) : resource;
  });
}

function withValue(body: Traced, value: Traced, { fieldPaths, options }: Target, at: Traced): Traced {
  const paths = fieldPaths.length === 0 ? [nameField] : fieldPaths;
  return paths.reduce((changed, path) => {
    const isScalar = value.value === null || typeof value.value !== "object";
    const create = options?.create
      ? { create: isScalar ? computed(unset, value) : computed(new BareObject(), value) }
      : {};
    const set = (found: Traced) => over(found, written(found, value, options, at));
    const result = changeTargets(changed, fieldPath(path), { ...create, at, set });
    if (result.count === 0) refuse(`a target of the replacement has no ${path}`, at);
    return result.changed;
  }, body);
}

/** A scalar that was created to be written into: it takes the type that its text reads as. */
const unset: Json = Object.freeze([]) as unknown as Json;

function written(found: Traced, value: Traced, options: FieldOptions | null, at: Traced): Traced {
  const isNew = found.value === unset;
  const isScalar = isNew || found.value === null || typeof found.value !== "object";
  if (options === null || options.delimiter === "") {
    if (!isScalar) return unshared(value);
    return typed(textOf(value), found, value, at);
  }
  if (!isScalar) refuse("only a scalar can be split at a delimiter", at);
  const parts = (isNew ? "" : textOf(found)).split(options.delimiter);
  const text = textOf(value);
  if (options.index < 0) parts.unshift(text);
  else if (options.index >= parts.length) parts.push(text);
  else parts[options.index] = text;
  return { ...typed(parts.join(options.delimiter), found, value, at), origin: computed(null, value).origin };
}

/** A text as the type of the scalar it is written over; kustomize leaves the type alone. */
function typed(text: string, over: Traced, value: Traced, at: Traced): Traced {
  if (text.length > longestText) refuse("a replacement makes a text too long", at);
  if (typeof over.value === "string") return { value: text, origin: value.origin };
  const read = resourceDialect.plain(text);
  const isNumber = typeof read === "number" || typeof read === "bigint";
  const fits =
    over.value === unset ||
    (typeof over.value === "boolean" && typeof read === "boolean") ||
    (over.value === null && read === null) ||
    (typeof over.value !== "boolean" &&
      over.value !== null &&
      isNumber &&
      (isWhole(text) || !isWhole(textOf(over))));
  if (!fits) refuse(`${text} cannot take the place of ${String(over.value)}, which is of another type`, at);
  return { value: read, origin: value.origin };
}

/** Whether a number is an integer by its spelling. */
function isWhole(text: string): boolean {
  return /^[-+]?0[xX]/.test(text) || !/[.eE]/.test(text);
}

function identities(resource: Resource): Identity[] {
  return [identityOf(resource), ...formerIdentities(resource)];
}

/** Unlike the targets of patches, sources and targets of replacements are named to the letter. */
function isMeant(identity: Identity, { name, namespace, ...type }: Selector): boolean {
  const inNamespace = !namespace || (identity.namespace || "default") === namespace;
  return (!name || name === identity.name) && inNamespace && isSelected(identity, type);
}
