/** Fills in `$(NAME)`: api `internal/accumulator/refvartransformer.go`, `filters/refvar`. */
import { isObject } from "../json.ts";
import type { Json } from "../source.ts";
import { fieldPath, lookUp } from "./field-path.ts";
import { changeField, type FieldSpec } from "./field-spec.ts";
import { groupVersionOf, type Identity, isClusterScoped, sameIdentity, sameKind } from "./identity.ts";
import type { Kustomization } from "./kustomization.ts";
import { refuse } from "./not-buildable.ts";
import { formerIdentities, identityOf, type Resource, withBody } from "./resource.ts";
import { over } from "./sharing.ts";
import { computed, fields, items, type Traced, withField, withItems } from "./traced.ts";

export interface Variable {
  readonly name: string;
  readonly object: Identity;
  readonly fieldPath: string;
  /** Where it is written. */
  readonly at: Traced;
}

/** An entry of `vars`. */
export function variableOf({ name, objref, fieldref, at }: Kustomization["vars"][number]): Variable {
  const { apiVersion, kind, name: object, namespace } = objref;
  const stated = groupVersionOf(apiVersion);
  const { version } = apiVersion === "" ? objref : stated;
  const group = apiVersion.includes("/") ? stated.group : objref.group;
  return {
    name,
    object: { group, version, kind, name: object, namespace },
    fieldPath: fieldref.fieldPath || "metadata.name",
    at,
  };
}

/** Notes at each resource which variables are read from it, so that renaming does not lose it. */
export function markSources(resources: readonly Resource[], variables: readonly Variable[]): Resource[] {
  return variables.reduce<Resource[]>(
    (marked, { name, object, at }) => {
      const isNamed = (identity: Identity) =>
        object.namespace !== "" || isClusterScoped(object)
          ? sameIdentity(identity, object)
          : identity.name === object.name && sameKind(identity, object);
      const matches = marked.filter((one) => [...formerIdentities(one), identityOf(one)].some(isNamed));
      if (matches.length > 1) refuse(`more than one resource is the source of the variable ${name}`, at);
      return marked.map((one) =>
        one === matches[0] ? { ...one, variables: [...one.variables, name] } : one,
      );
    },
    [...resources],
  );
}

/** Writes the values of the variables into the fields where kustomize looks for them. */
export function fillIn(
  resources: readonly Resource[],
  variables: readonly Variable[],
  specs: readonly FieldSpec[],
): Resource[] {
  if (variables.length === 0) return [...resources];
  const values = new Map(variables.map((variable) => [variable.name, sourceOf(resources, variable)]));
  const fill = (found: Traced) => filled(found, values);
  // A text that two fields share is filled in once for each of them.
  return resources.map((resource) =>
    specs.reduce(
      (filledIn, spec) =>
        withBody(filledIn, changeField(filledIn.body, spec, { at: filledIn.body, set: fill })),
      resource,
    ),
  );
}

function sourceOf(resources: readonly Resource[], { name, fieldPath: path, at }: Variable): Traced {
  const source = resources.find((resource) => resource.variables.includes(name));
  if (source === undefined) refuse(`nothing is the source of the variable ${name}`, at);
  const steps = fieldPath(path).flatMap(withIndex);
  const found = lookUp(source.body, steps, at);
  if (found === undefined) refuse(`the source of the variable ${name} has no ${path}`, at);
  return found;
}

/** `ports[0]` is the first item of `ports`. */
function withIndex(step: string): string[] {
  const match = /^(.*)\[(\d+)\]$/.exec(step);
  return match === null ? [step] : [match[1]!, match[2]!].filter((part) => part !== "");
}

type Values = ReadonlyMap<string, Traced>;

function filled(found: Traced, values: Values): Traced {
  if (Array.isArray(found.value)) {
    const list = items(found);
    const wrong = list.find((item) => typeof item.value !== "string");
    if (wrong !== undefined) refuse("variables are looked for in a list that holds more than texts", wrong);
    const changed = list.map((item) => expanded(item, values));
    return changed.some((item, index) => item !== list[index]) ? withItems(found, changed) : found;
  }
  if (isObject(found.value)) {
    return fields(found).reduce((changed, [key, entry]) => {
      const next = expanded(entry, values);
      return next === entry ? changed : withField(changed, key, next);
    }, found);
  }
  return expanded(found, values);
}

/** A text with its variables filled in. One that is a variable and nothing else takes the variable's type. */
function expanded(found: Traced, values: Values): Traced {
  const text = found.value;
  if (typeof text !== "string" || !text.includes("$")) return found;
  const whole = /^\$\(([^)]*)\)$/.exec(text);
  const only = whole === null ? undefined : scalarOf(values.get(whole[1]!));
  if (only !== undefined) return over(found, only);
  let source: Traced | undefined;
  const result = text.replace(/\$(?:\(([^)]*)\)|\$|(?=.)[^$(]|\()/gs, (match, name: string | undefined) => {
    if (match === "$$") return "$";
    const value = name === undefined ? undefined : scalarOf(values.get(name));
    source = value ?? source;
    return value === undefined ? match : String(value.value);
  });
  return result === text ? found : over(found, computed(result, source ?? found));
}

function scalarOf(value: Traced | undefined): Traced | undefined {
  return value === undefined || value.value === null || isCollection(value.value) ? undefined : value;
}

function isCollection(value: Json): boolean {
  return Array.isArray(value) || isObject(value);
}
