/** What a kustomization gathers from everything it includes, before references and variables are resolved. */
import type { NotRendered } from "../source.ts";
import { emptyConfig, mergedConfig } from "./config.ts";
import type { TransformerConfig } from "./default-config.ts";
import { effectiveNamespace, type Identity, identityText } from "./identity.ts";
import { refuse } from "./not-buildable.ts";
import { identityOf, type Resource } from "./resource.ts";
import type { Traced } from "./traced.ts";
import type { Variable } from "./variables.ts";

export interface Accumulation {
  readonly resources: readonly Resource[];
  readonly config: TransformerConfig;
  readonly variables: readonly Variable[];
  /** What is missing of the build because Sluice cannot see it. */
  readonly holes: readonly NotRendered[];
  /** What kustomize accepts in silence and somebody should know. */
  readonly notes: readonly NotRendered[];
}

export const nothingYet: Accumulation = {
  resources: [],
  config: emptyConfig,
  variables: [],
  holes: [],
  notes: [],
};

/** Adds what an included kustomization gathered. */
export function withIncluded(into: Accumulation, included: Accumulation, at: Traced): Accumulation {
  return {
    resources: appended(into.resources, included.resources, at),
    config: mergedConfig(into.config, included.config, at),
    variables: withVariables(into.variables, included.variables),
    holes: [...into.holes, ...included.holes],
    notes: [...into.notes, ...included.notes],
  };
}

/** Adds resources; no two may be the same object. */
export function appended(
  resources: readonly Resource[],
  more: readonly Resource[],
  at: Traced,
): readonly Resource[] {
  if (resources.length === 0 && more.length === 0) return more;
  const known = new Map(resources.map((resource) => [key(identityOf(resource)), resource]));
  for (const resource of more) {
    const identity = identityOf(resource);
    const other = known.get(key(identity));
    if (other !== undefined) {
      const { file, line } = other.document.locate(["metadata", "name"]);
      refuse(`${identity.kind} ${identity.name} is there already, from ${file}:${line}`, at);
    }
    known.set(key(identity), resource);
  }
  return resources.length === 0 ? more : [...resources, ...more];
}

function key(identity: Identity): string {
  return identityText({ ...identity, namespace: effectiveNamespace(identity) });
}

export function withVariables(known: readonly Variable[], more: readonly Variable[]): readonly Variable[] {
  for (const variable of more) {
    if (known.some(({ name }) => name === variable.name))
      refuse(`the variable ${variable.name} is there already`, variable.at);
  }
  return more.length === 0 ? known : [...known, ...more];
}
