/** Builds a kustomization: api `krusty/kustomizer.go`, `internal/target/kusttarget.go` makeCustomizedResMap. */
import type { NotRendered } from "../source.ts";
import { accumulateRoot, type Build } from "./accumulate.ts";
import { type Accumulation, appended } from "./accumulation.ts";
import { hashedName } from "./generators.ts";
import { contentHash } from "./hash.ts";
import { type Kustomization, readKustomization } from "./kustomization.ts";
import { mergeSchemaOf } from "./merge-keys.ts";
import { remembering } from "./names.ts";
import { refuse } from "./not-buildable.ts";
import { ordered } from "./order.ts";
import { demandPath, isRemote, nothingAt } from "./paths.ts";
import { demandPlainKey } from "./plain-keys.ts";
import { withoutNotes } from "./provenance.ts";
import { fixReferences } from "./references.ts";
import { metadataEntries, metadataText, type Resource, withMetadataText } from "./resource.ts";
import { schemaOfDocument } from "./schema-file.ts";
import type { MergeOptions } from "./strategic-merge.ts";
import { computed, emptyMapping, field, type Traced, withField, written } from "./traced.ts";
import { fillIn } from "./variables.ts";

const builtInSchema = "v1.21.2";

/** The objects of a kustomization as it would be applied. */
export interface Built {
  readonly resources: readonly Resource[];
  readonly holes: readonly NotRendered[];
  readonly notes: readonly NotRendered[];
}

/** Builds a kustomization, as `root` states it, in its directory. Throws `NotBuildable`. */
export function buildRoot(
  shared: Pick<Build, "library" | "budget" | "reads" | "sums">,
  directory: string,
  root: Traced,
): Built {
  const kustomization = readKustomization(root);
  const { buildMetadata } = kustomization;
  const annotates = buildMetadata.some((option) => option.endsWith("Annotations"));
  const merge = { schema: schemaFor(kustomization, directory, shared), rewritten: false };
  // What a base gathers under a schema or annotations of this root is nothing that another root could use.
  const sums = annotates || merge.schema !== mergeSchemaOf ? null : shared.sums;
  const build: Build = { ...shared, sums, merge, root: directory, annotates };
  const { resources, holes, notes, config, variables } = accumulateRoot(build, directory, root);
  const sorted = sortedBy(kustomization, settled({ resources, config, variables }, root));
  const label = buildMetadata.includes("managedByLabel")
    ? computed("kustomize-(devel)", kustomization.placeOf("buildMetadata"))
    : null;
  return {
    resources: sorted
      .map((resource) => (label === null ? resource : labelled(resource, label)))
      .map((resource) => (annotates ? withoutNotes(resource, buildMetadata) : resource))
      .map(finished),
    holes,
    notes,
  };
}

function schemaFor(
  { openapi, placeOf }: Kustomization,
  directory: string,
  { library, reads }: Pick<Build, "library" | "reads">,
): MergeOptions["schema"] {
  const at = placeOf("openapi");
  if (openapi.path === undefined) {
    if ((openapi.version ?? builtInSchema) !== builtInSchema)
      refuse(`kustomize brings the schema ${builtInSchema} only`, at);
    return mergeSchemaOf;
  }
  if (openapi.version !== undefined) refuse("a schema is either a version or a path", at);
  if (isRemote(openapi.path)) refuse(`${openapi.path} is not in this repository`, at);
  const path = demandPath(directory, openapi.path, at);
  reads.add(path);
  const document = library.texts.has(path) ? library.settings(path) : undefined;
  if (document === undefined) refuse(nothingAt(path, "no file"), at);
  return schemaOfDocument(written(document, document.value));
}

function sortedBy(
  { sortOptions, states, placeOf }: Kustomization,
  resources: readonly Resource[],
): readonly Resource[] {
  if (!states("sortOptions")) return ordered(resources, null);
  const { order, legacySortOptions } = sortOptions;
  const own = sortOptions.states("legacySortOptions") ? legacySortOptions : null;
  if (order === "legacy") return ordered(resources, own);
  if (order !== "fifo") refuse("the order of sortOptions is either legacy or fifo", placeOf("sortOptions"));
  if (own !== null) refuse("legacySortOptions belong to the order legacy", placeOf("sortOptions"));
  return resources;
}

/**
 * Names their hashes, references their names, variables their values; and what is for local use alone goes. What is left must
 * still be told apart: a replacement can give two objects one name.
 */
function settled(
  { resources, config, variables }: Pick<Accumulation, "resources" | "config" | "variables">,
  root: Traced,
): readonly Resource[] {
  const hashed = resources.map((resource) =>
    resource.needsHash ? hashedName(remembering(resource), contentHash(resource)) : resource,
  );
  const referred = fixReferences(hashed, config.nameReference);
  return appended([], fillIn(referred, variables, config.varReference).filter(isApplied), root);
}

function isApplied(resource: Resource): boolean {
  const local = metadataText(resource, "annotations").get("config.kubernetes.io/local-config");
  return local === undefined || local === "false";
}

function labelled(resource: Resource, label: Traced): Resource {
  const metadata = field(resource.body, "metadata") ?? emptyMapping(label);
  const labels = field(metadata, "labels") ?? emptyMapping(label);
  const marked = withField(metadata, "labels", withField(labels, "app.kubernetes.io/managed-by", label));
  return { ...resource, body: withField(resource.body, "metadata", marked) };
}

/** Kustomize writes all annotations anew at the end: as text, and none at all where there are none. */
function finished(resource: Resource): Resource {
  const entries = metadataEntries(resource.body, "annotations");
  const metadata = field(resource.body, "metadata");
  const present = metadata !== undefined && field(metadata, "annotations") !== undefined;
  for (const [key, value] of entries) demandPlainKey(key, value);
  if (!present || (entries.length > 0 && entries.every(([, { value }]) => typeof value === "string")))
    return resource;
  return { ...resource, body: withMetadataText(resource.body, "annotations", entries) };
}
