/** Names and namespaces: api `internal/builtins/PrefixTransformer.go`, `filters/namespace/namespace.go`. */
import { isObject } from "../json.ts";
import { changeField, type FieldSpec, setScalar } from "./field-spec.ts";
import {
  effectiveNamespace,
  type GroupVersionKind,
  identityText,
  isClusterScoped,
  isSelected,
} from "./identity.ts";
import { refuse } from "./not-buildable.ts";
import { identityOf, originalIdentity, type Resource } from "./resource.ts";
import { textOf } from "./spelling.ts";
import { computed, field, items, type Traced, withField, withItems } from "./traced.ts";

/** Remembers what a resource is called before it is called something else. */
export function remembering(resource: Resource): Resource {
  const identity = identityOf(resource);
  const { kind, name } = identity;
  return {
    ...resource,
    formerly: [...resource.formerly, { kind, name, namespace: effectiveNamespace(identity) }],
  };
}

/** Kinds whose names are not the kustomization's to change. */
function keepsItsName({ group, kind }: GroupVersionKind): boolean {
  return (
    kind === "CustomResourceDefinition" ||
    kind === "Namespace" ||
    (kind === "APIService" && group === "apiregistration.k8s.io")
  );
}

/** Puts a prefix before, or a suffix behind, every name. */
export function affix(
  resources: readonly Resource[],
  which: "prefixes" | "suffixes",
  text: Traced,
  specs: readonly FieldSpec[],
): Resource[] {
  const affixed = (found: Traced) => {
    const name = found.value === null ? "" : textOf(found);
    return computed(which === "prefixes" ? `${text.value}${name}` : `${name}${text.value}`, found);
  };
  return resources.map((resource) => {
    const original = originalIdentity(resource);
    if (keepsItsName(original)) return resource;
    return specs
      .filter((spec) => isSelected(original, spec))
      .reduce((changed, spec) => {
        const isName = spec.path === "metadata/name";
        const known = isName
          ? { ...remembering(changed), [which]: [...changed[which], String(text.value)] }
          : changed;
        return {
          ...known,
          body: changeField(known.body, spec, { create: "scalar", at: text, set: setScalar(affixed) }),
        };
      }, resource);
  });
}

/** Which subjects of role bindings follow their service account into the namespace. */
export type SubjectMode = "defaultOnly" | "allServiceAccounts" | "none";

export interface NamespaceChange {
  readonly namespace: Traced;
  readonly specs: readonly FieldSpec[];
  /** Leave what has a namespace where it is. */
  readonly unsetOnly: boolean;
  readonly subjects: SubjectMode;
}

/** Moves every resource that can have a namespace into one. */
export function moveToNamespace(resources: readonly Resource[], change: NamespaceChange): Resource[] {
  const moved = resources.map((resource) => {
    const known = remembering(resource);
    return { ...known, body: inNamespace(known, change) };
  });
  const seen = new Set<string>();
  for (const resource of moved) {
    const identity = identityOf(resource);
    const key = identityText({ ...identity, namespace: effectiveNamespace(identity) });
    if (seen.has(key))
      refuse(`two resources become ${identity.kind} ${identity.name} in one namespace`, change.namespace);
    seen.add(key);
  }
  return moved;
}

function inNamespace(resource: Resource, { namespace, specs, unsetOnly, subjects }: NamespaceChange): Traced {
  const identity = identityOf(resource);
  const isBinding = identity.kind === "RoleBinding" || identity.kind === "ClusterRoleBinding";
  const set = (found: Traced) =>
    unsetOnly && found.value !== null && textOf(found) !== "" ? found : namespace;
  const change = { create: "scalar", at: namespace, set: setScalar(set) } as const;
  const metadata = isClusterScoped(identity)
    ? resource.body
    : changeField(resource.body, { path: "metadata/namespace", create: true }, change);
  const bound = isBinding ? withSubjects(metadata, subjects, set) : metadata;
  return specs
    .filter(({ path }) => path !== "metadata/namespace")
    .filter(({ path }) => path !== "metadata/name" || (identity.group === "" && identity.version === "v1"))
    .filter(({ path, kind }) => !(isBinding && path === "subjects/namespace" && kind === identity.kind))
    .reduce((body, spec) => changeField(body, spec, change), bound);
}

function withSubjects(body: Traced, mode: SubjectMode, set: (found: Traced) => Traced): Traced {
  const subjects = field(body, "subjects");
  if (mode === "none" || subjects === undefined || subjects.value === null) return body;
  if (!Array.isArray(subjects.value)) refuse("the subjects of a role binding are no list", subjects);
  const follows = (subject: Traced) =>
    isObject(subject.value) &&
    (mode === "defaultOnly" ? subject.value.name === "default" : subject.value.kind === "ServiceAccount");
  const moved = items(subjects).map((subject) =>
    follows(subject)
      ? withField(subject, "namespace", set(field(subject, "namespace") ?? { ...subject, value: null }))
      : subject,
  );
  return withField(body, "subjects", withItems(subjects, moved));
}
