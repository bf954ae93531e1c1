/** Keeps references intact when the objects that they name are renamed: api `filters/nameref/nameref.go`. */
import { isObject } from "../json.ts";
import type { NameReference } from "./default-references.ts";
import { changeField, type FieldSpec } from "./field-spec.ts";
import {
  effectiveNamespace,
  groupVersionOf,
  identityText,
  isClusterScoped,
  isSelected,
  type KindSelector,
} from "./identity.ts";
import { refuse } from "./not-buildable.ts";
import {
  apiVersionOf,
  formerIdentities,
  identityOf,
  kindOf,
  nameOf,
  namespaceOf,
  originalIdentity,
  type Resource,
  withBody,
} from "./resource.ts";
import { textOf } from "./spelling.ts";
import { computed, field, fieldAt, items, type Traced, withField, withItems } from "./traced.ts";

/** Rewrites every reference to an object of the build that has another name now. */
export function fixReferences(
  resources: readonly Resource[],
  references: readonly NameReference[],
): Resource[] {
  for (const resource of resources) demandSubjects(resource);
  // Only what was renamed or moved is referred to by a name that it no longer has.
  const targets = resources.filter(({ formerly }) => formerly.length > 0);
  if (targets.length === 0) return [...resources];
  const byKind = references.map((target) => ({
    target,
    candidates: targets.filter((candidate) => wasOfKind(candidate, target)),
  }));
  return resources.map((resource) => {
    const original = originalIdentity(resource);
    return byKind.reduce((current, { target, candidates }) => {
      const specs =
        candidates.length === 0 ? [] : target.fieldSpecs.filter((spec) => isSelected(original, spec));
      if (specs.length === 0) return current;
      const visible = visibleTo(current, candidates);
      return specs.reduce(
        (referrer, spec) => new Search(referrer, spec, visible, resources).fixed(),
        current,
      );
    }, resource);
  });
}

class Search {
  readonly #referrer: Resource;
  readonly #spec: FieldSpec;
  readonly #candidates: readonly Resource[];
  readonly #resources: readonly Resource[];

  constructor(
    referrer: Resource,
    spec: FieldSpec,
    candidates: readonly Resource[],
    resources: readonly Resource[],
  ) {
    this.#referrer = referrer;
    this.#spec = spec;
    this.#candidates = candidates;
    this.#resources = resources;
  }

  /** The referrer with its field set right. */
  fixed(): Resource {
    const { body } = this.#referrer;
    const type = { ...groupVersionOf(apiVersionOf(this.#referrer)), kind: kindOf(this.#referrer) };
    const spec = { path: this.#spec.path, ...type };
    return withBody(this.#referrer, changeField(body, spec, { at: body, set: (found) => this.#fix(found) }));
  }

  #fix(found: Traced): Traced {
    if (found.value === null) return found;
    if (Array.isArray(found.value)) {
      const list = items(found);
      const fixed = list.map((item) => this.#fixOne(item));
      return fixed.some((item, index) => item !== list[index]) ? withItems(found, fixed) : found;
    }
    return this.#fixOne(found);
  }

  #fixOne(found: Traced): Traced {
    return isObject(found.value) ? this.#fixMapping(found) : this.#fixName(found);
  }

  #fixName(found: Traced): Traced {
    const name = textOf(found);
    const referral = this.#select(name, this.#candidates, sameNames, found);
    if (referral === null || nameOf(referral) === name) return found;
    return computed(nameOf(referral), found);
  }

  /** The field holds a reference of several parts, of which `name` and `namespace` are ours. */
  #fixMapping(found: Traced): Traced {
    const name = field(found, "name");
    if (name === undefined || name.value === null) refuse(`${this.#spec.path} has no name in it`, found);
    const namespace = field(found, "namespace");
    const candidates = namespace === undefined ? this.#candidates : this.#inNamespace(textOf(namespace));
    const referral = this.#select(textOf(name), candidates, sameNamesAndNamespaces, found);
    if (referral === null || (nameOf(referral) === name.value && namespaceOf(referral) === "")) return found;
    const renamed = withField(found, "name", computed(nameOf(referral), name));
    const target = fieldAt(referral.body, "metadata", "namespace");
    return target === undefined || namespaceOf(referral) === ""
      ? renamed
      : withField(renamed, "namespace", target);
  }

  /** Whatever had the namespace at first counts before what has it now, of whatever kind it is. */
  #inNamespace(namespace: string): readonly Resource[] {
    const near = visibleTo(this.#referrer, this.#resources);
    const before = near.filter((one) => effectiveNamespace(originalIdentity(one)) === namespace);
    const now = (one: Resource) => effectiveNamespace(identityOf(one)) === namespace;
    return this.#candidates.filter((one) => (before.length > 0 ? before.includes(one) : now(one)));
  }

  #select(
    name: string,
    from: readonly Resource[],
    identical: (candidates: readonly Resource[]) => boolean,
    at: Traced,
  ): Resource | null {
    const candidates = from.filter(
      (candidate) =>
        candidate.formerly.some((former) => former.name === name) &&
        this.#suitsRole(candidate) &&
        this.#isNear(candidate),
    );
    if (candidates.length <= 1) return candidates[0] ?? null;
    const loose = candidates.filter((one) => affixesAgree(one, this.#referrer, true));
    const strict = loose.length > 1 ? loose.filter((one) => affixesAgree(one, this.#referrer, false)) : loose;
    if (strict.length <= 1 || identical(strict)) return strict[0] ?? null;
    const names = strict.map((one) => identityText(identityOf(one))).join(", ");
    refuse(`${name} may mean any of ${names}`, at);
  }

  /** A role binding says itself which kind of role it refers to. */
  #suitsRole(candidate: Resource): boolean {
    if (!this.#spec.path.endsWith("roleRef/name")) return true;
    const role = fieldAt(this.#referrer.body, "roleRef");
    if (role === undefined) return true;
    const group = field(role, "apiGroup");
    const kind = field(role, "kind");
    if (group === undefined || kind === undefined) return true;
    const wanted = { group: textOf(group), kind: textOf(kind) };
    return formerIdentities(candidate).some((former) => isSelected(former, wanted));
  }

  #isNear(candidate: Resource): boolean {
    const referrer = identityOf(this.#referrer);
    const identity = identityOf(candidate);
    return (
      isClusterScoped(referrer) ||
      isClusterScoped(identity) ||
      identity.kind === "ServiceAccount" ||
      effectiveNamespace(referrer) === effectiveNamespace(identity)
    );
  }
}

function wasOfKind(candidate: Resource, target: KindSelector): boolean {
  return formerIdentities(candidate).some((former) => isSelected(former, target));
}

/** What an object may refer to: its own namespace, what has none, and the namespaces a role binding's subjects live in. */
function visibleTo(referrer: Resource, all: readonly Resource[]): readonly Resource[] {
  const identity = identityOf(referrer);
  if (isClusterScoped(identity)) return all;
  const bound = subjectNamespaces(referrer);
  return all.filter((candidate) => {
    const other = identityOf(candidate);
    return (
      isClusterScoped(other) ||
      effectiveNamespace(other) === effectiveNamespace(identity) ||
      bound.has(other.namespace)
    );
  });
}

function subjectNamespaces(referrer: Resource): ReadonlySet<string> {
  const subjects = kindOf(referrer) === "RoleBinding" ? field(referrer.body, "subjects") : undefined;
  const accounts =
    subjects === undefined
      ? []
      : items(subjects).filter((subject) => field(subject, "kind")?.value === "ServiceAccount");
  return new Set(
    accounts
      .map((account) => field(account, "namespace")?.value)
      .filter((value) => typeof value === "string"),
  );
}

/** Kustomize refuses a subject without a name, and a service account in a namespace that is no text. */
function demandSubjects(referrer: Resource): void {
  const kind = kindOf(referrer);
  if (kind !== "RoleBinding" && kind !== "ClusterRoleBinding") return;
  const subjects = field(referrer.body, "subjects");
  for (const subject of subjects === undefined ? [] : items(subjects)) {
    if (isObject(subject.value) && field(subject, "name") === undefined)
      refuse("a subject has no name", subject);
    const namespace = field(subject, "namespace");
    const subjectKind = field(subject, "kind");
    if (kind !== "RoleBinding" || namespace === undefined || subjectKind === undefined) continue;
    if (typeof subjectKind.value !== "string") refuse("the kind of a subject is not a text", subjectKind);
    if (subjectKind.value === "ServiceAccount" && typeof namespace.value !== "string")
      refuse("the namespace of a subject is not a text", namespace);
  }
}

function affixesAgree(a: Resource, b: Resource, emptyAgrees: boolean): boolean {
  return (["prefixes", "suffixes"] as const).every(
    (which) =>
      (emptyAgrees && (a[which].length === 0 || b[which].length === 0)) || endAlike(a[which], b[which]),
  );
}

/** Whether the shorter list is the end of the longer one; an empty list is the end of an empty one alone. */
function endAlike(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 0) return long.length === 0;
  return short.every((text, index) => text === long[index + long.length - short.length]);
}

function sameNames(candidates: readonly Resource[]): boolean {
  return new Set(candidates.map(nameOf)).size === 1;
}

function sameNamesAndNamespaces(candidates: readonly Resource[]): boolean {
  return new Set(candidates.map((one) => `${nameOf(one)}\n${namespaceOf(one)}`)).size === 1;
}
