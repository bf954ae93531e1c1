import type { ManifestDocument } from "../source.ts";
import { groupVersionOf, type Identity, sameIdentity } from "./identity.ts";
import { demandPlainKey } from "./plain-keys.ts";
import { carried } from "./sharing.ts";
import { asText, textOf } from "./spelling.ts";
import {
  emptyMapping,
  field,
  fieldAt,
  fields,
  mappingOf,
  type Traced,
  withField,
  withoutField,
  written,
} from "./traced.ts";

/** What a resource was called before a transformation. */
export type Former = Pick<Identity, "kind" | "name" | "namespace">;

/** How a generated resource meets one of the same identity. */
export type Behavior = "unspecified" | "create" | "replace" | "merge";

/**
 * One object on its way through a build. Kustomize keeps what is beside the body in annotations that it removes at the
 * end (api `resource/resource.go`).
 */
export interface Resource {
  readonly body: Traced;
  readonly document: ManifestDocument;
  /** Oldest first: patches, references and selectors find a resource by any of them. */
  readonly formerly: readonly Former[];
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  readonly behavior: Behavior;
  readonly needsHash: boolean;
  /** Names of the variables that are read from it. */
  readonly variables: readonly string[];
  /** A JSON patch writes an object anew, whereupon every null counts as written out. */
  readonly rewritten: boolean;
}

/** A resource as a manifest states it. */
export function resourceOf(document: ManifestDocument): Resource {
  return {
    body: written(document, document.value),
    document,
    formerly: [],
    prefixes: [],
    suffixes: [],
    behavior: "unspecified",
    needsHash: false,
    variables: [],
    rewritten: false,
  };
}

export const kindOf = ({ body }: Pick<Resource, "body">): string => textOf(field(body, "kind"));
export const apiVersionOf = ({ body }: Pick<Resource, "body">): string => textOf(field(body, "apiVersion"));
export const nameOf = ({ body }: Pick<Resource, "body">): string => textIn(fieldAt(body, "metadata", "name"));
export const namespaceOf = ({ body }: Pick<Resource, "body">): string =>
  textIn(fieldAt(body, "metadata", "namespace"));

const textIn = (of: Traced | undefined) => (of?.value === null ? "" : textOf(of));

/** A resource with another body, in which what was one scalar is one still. */
export function withBody(resource: Resource, body: Traced): Resource {
  return body === resource.body ? resource : { ...resource, body: carried(resource.body, body) };
}

/** What a resource is called now. */
export function identityOf(resource: Pick<Resource, "body">): Identity {
  return {
    ...groupVersionOf(apiVersionOf(resource)),
    kind: kindOf(resource),
    name: nameOf(resource),
    namespace: namespaceOf(resource),
  };
}

/** Everything that a resource was called, oldest first. The API version is always today's. */
export function formerIdentities(resource: Resource): Identity[] {
  const version = groupVersionOf(apiVersionOf(resource));
  return resource.formerly.map((former) => ({ ...version, ...former }));
}

/** What a resource was called in its own file. */
export function originalIdentity(resource: Resource): Identity {
  return formerIdentities(resource)[0] ?? identityOf(resource);
}

/** Whether a resource answers to an identity, by its present or by a former one. */
export function answersTo(resource: Resource, identity: Identity): boolean {
  return [...formerIdentities(resource), identityOf(resource)].some((own) => sameIdentity(own, identity));
}

/** Labels or annotations as text, as kustomize sees them; none where the field is no mapping. */
export function metadataText(
  resource: Pick<Resource, "body">,
  key: "labels" | "annotations",
): Map<string, string> {
  const map = fieldAt(resource.body, "metadata", key);
  return new Map(map === undefined ? [] : fields(map).map(([name, value]) => [name, textOf(value)]));
}

/** Writes labels or annotations anew, all values as text; none removes the field (kyaml `yaml/rnode.go` setMapInMetadata). */
export function withMetadataText(
  body: Traced,
  key: "labels" | "annotations",
  entries: Iterable<readonly [string, Traced]>,
): Traced {
  const metadata = field(body, "metadata") ?? emptyMapping(body);
  const texts = [...entries].map(([name, value]) => [name, asText(value)] as const);
  for (const [name, value] of texts) demandPlainKey(name, value);
  const written =
    texts.length === 0
      ? withoutField(metadata, key)
      : withField(metadata, key, mappingOf(field(metadata, key) ?? texts[0]![1], texts));
  return withField(body, "metadata", written);
}

/** Labels or annotations, each with where it was written. */
export function metadataEntries(body: Traced, key: "labels" | "annotations"): [string, Traced][] {
  const map = fieldAt(body, "metadata", key);
  return map === undefined ? [] : fields(map);
}
