/** Patches of every spelling: api `internal/builtins/PatchTransformer.go` and its deprecated relatives. */
import { isObject } from "../json.ts";
import type { ManifestDocument, Range } from "../source.ts";
import { appended } from "./accumulation.ts";
import { identityText, sameIdentity } from "./identity.ts";
import { readInline } from "./inline.ts";
import { jsonPatched } from "./json-patched.ts";
import type { Patch } from "./kustomization.ts";
import { readResources } from "./library.ts";
import { remembering } from "./names.ts";
import { NotBuildable, refuse } from "./not-buildable.ts";
import { jsonOperations, noteIfNothing, type PatchContext, patchObjects, patchText } from "./patch-text.ts";
import {
  answersTo,
  identityOf,
  metadataEntries,
  originalIdentity,
  type Resource,
  resourceOf,
  withBody,
  withMetadataText,
} from "./resource.ts";
import { compileSelector } from "./selector.ts";
import { passedBy } from "./spelling.ts";
import { merge } from "./strategic-merge.ts";
import { emptyMapping, field, fieldAt, type Traced, withField, withoutField } from "./traced.ts";

/** Applies an entry of `patches`. */
export function applyPatch(
  resources: readonly Resource[],
  patch: Patch,
  context: PatchContext,
): readonly Resource[] {
  const source = patchText(patch, context);
  const operations = jsonOperations(source, context);
  if (operations !== null) {
    if (!patch.states("target")) refuse("a JSON patch needs a target", patch.at);
    return applyOperations(resources, operations, patch, true, context);
  }
  const objects = patchObjects(source, context);
  if (objects.length === 0) refuse("the patch is empty", patch.at);
  const options = {
    name: patch.options.allowNameChange === true,
    kind: patch.options.allowKindChange === true,
  };
  if (!patch.states("target")) {
    return objects.reduce(
      (patched, object) => patchNamed(patched, object, options, false, context),
      [...resources],
    );
  }
  if (objects.length > 1) refuse("several patches in one entry cannot share a target", patch.at);
  const selects = compileSelector(patch.target, patch.placeOf("target"));
  noteIfNothing(resources.some(selects), patch, context);
  const patchedAll = resources.flatMap((resource) =>
    selects(resource) ? patched(resource, asTargeted(objects[0]!), options, context) : [resource],
  );
  return gatheredAnew(patchedAll, patch.at);
}

/** Applies an entry of `patchesStrategicMerge`: patches, or the path of a file of them. */
export function applyStrategicEntry(
  resources: readonly Resource[],
  at: Traced,
  context: PatchContext,
): readonly Resource[] {
  const text = String(at.value);
  const keep = { name: false, kind: false };
  return strategicEntry(text, at, context).reduce(
    (all, object) => gatheredAnew(patchNamed(all, object, keep, true, context), at),
    resources,
  );
}

/** Kustomize gathers all resources anew behind such a patch, and then no two may be the same (api `resmap/reswrangler.go` ApplySmPatch). */
function gatheredAnew(resources: readonly Resource[], at: Traced): readonly Resource[] {
  return appended([], resources, at);
}

function strategicEntry(text: string, at: Traced, context: PatchContext): readonly ManifestDocument[] {
  try {
    return readInline(at, text, context.library, readResources);
  } catch (error) {
    if (!(error instanceof NotBuildable) || text.includes("\n")) throw error;
    return context.library.resources(context.locate(text, at));
  }
}

/** Applies an entry of `patchesJson6902`. */
export function applyJsonEntry(
  resources: readonly Resource[],
  patch: Patch,
  context: PatchContext,
): Resource[] {
  if (patch.target.name === "") refuse("a JSON patch needs the name of its target", patch.at);
  const operations = jsonOperations(patchText(patch, context), context);
  if (operations === null) refuse("this is no JSON patch, which is a list of operations", patch.at);
  return applyOperations(resources, operations, patch, false, context);
}

/** Kustomize applies a patch without a target to the one resource of its identity, or not at all. */
function patchNamed(
  resources: readonly Resource[],
  object: ManifestDocument,
  options: Changeable,
  targeted: boolean,
  context: PatchContext,
): Resource[] {
  const patch = resourceOf(object);
  const identity = identityOf(patch);
  const matches = resources.filter((resource) => answersTo(resource, identity));
  if (matches.length > 1)
    throw new NotBuildable(`more than one resource is ${identityText(identity)}`, nameIn(object));
  const [target] = matches;
  if (target === undefined) {
    const reason = `no resource matches the patch for ${identity.kind} ${identity.name}${elsewhere(resources, patch)}`;
    if (!context.incomplete) throw new NotBuildable(reason, nameIn(object));
    context.note({
      reason: `${reason}; it may be meant for one that is not in this repository`,
      range: nameIn(object),
    });
    return [...resources];
  }
  const body = targeted ? asTargeted(object) : patch.body;
  return resources.flatMap((resource) =>
    resource === target ? patched(resource, body, options, context) : [resource],
  );
}

function nameIn(object: ManifestDocument): Range {
  return object.locate(["metadata", "name"]);
}

/** What a patch that finds nothing may have been meant for. */
function elsewhere(resources: readonly Resource[], patch: Resource): string {
  const wanted = identityOf(patch);
  const alike = resources
    .map((resource) => originalIdentity(resource))
    .find(
      (identity) =>
        identity.kind === wanted.kind && identity.name === wanted.name && !sameIdentity(identity, wanted),
    );
  return alike === undefined ? "" : `; there is ${identityText(alike)}`;
}

interface Changeable {
  readonly name: boolean;
  readonly kind: boolean;
}

/** One resource with a strategic merge patch applied; none where the patch deletes it. */
function patched(resource: Resource, patch: Traced, change: Changeable, context: PatchContext): Resource[] {
  const known = change.name || change.kind ? remembering(resource) : resource;
  const options = { ...context.merge, rewritten: resource.rewritten };
  const merged = withoutEffect(patch) ? known.body : merge(known.body, patch, options, undefined);
  if (merged === undefined || merged.value === null || !isObject(merged.value)) return [];
  if (Object.keys(merged.value).length === 0) return [];
  let body = change.kind ? merged : restored(merged, resource.body, "kind");
  body = passedBy(known.body, body);
  const metadata = field(body, "metadata") ?? emptyMapping(body);
  const before = field(resource.body, "metadata") ?? metadata;
  const named = change.name ? metadata : restored(metadata, before, "name");
  body = withField(body, "metadata", restored(named, before, "namespace"));
  return [withBody(forgets(patch) ? withoutHistory(known) : known, body)];
}

/** Kustomize replaces the object by the patch, and then keeps the object that it had (api `resource/resource.go` ApplyFilter). */
function withoutEffect(patch: Traced): boolean {
  return field(patch, "$patch")?.value === "replace";
}

function restored(body: Traced, original: Traced, key: string): Traced {
  const before = field(original, key);
  if (before === undefined) return withoutField(body, key);
  return field(body, key)?.value === before.value ? body : withField(body, key, before);
}

/** Kustomize keeps what a resource was called in its annotations; a patch that empties them makes it forget. */
function forgets(patch: Traced): boolean {
  if (withoutEffect(patch)) return false;
  const metadata = field(patch, "metadata");
  const annotations = metadata && field(metadata, "annotations");
  return [metadata, annotations].some((part) => {
    if (part === undefined) return false;
    const directive = field(part, "$patch")?.value;
    return part.value === null || directive === "replace" || directive === "delete";
  });
}

function withoutHistory(resource: Resource): Resource {
  return { ...resource, formerly: [], prefixes: [], suffixes: [], needsHash: false };
}

/** A patch with a target is made to fit it: names are the target's own, labels and annotations become text. */
function asTargeted(object: ManifestDocument): Traced {
  let body = withoutField(resourceOf(object).body, "apiVersion");
  for (const key of ["labels", "annotations"] as const) {
    if (fieldAt(body, "metadata", key) !== undefined)
      body = withMetadataText(body, key, metadataEntries(body, key));
  }
  return body;
}

function applyOperations(
  resources: readonly Resource[],
  operations: Traced,
  patch: Patch,
  remembers: boolean,
  context: PatchContext,
): Resource[] {
  const selects = compileSelector(patch.target, patch.placeOf("target"));
  noteIfNothing(resources.some(selects), patch, context);
  return resources.map((resource) => {
    if (!selects(resource)) return resource;
    const known = remembers ? remembering(resource) : resource;
    return { ...known, body: jsonPatched(known, operations), rewritten: true };
  });
}
