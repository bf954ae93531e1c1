import { BareObject, holdsNull, isObject } from "../manifest/json.ts";
import type { Json, JsonObject, ManifestDocument, Problem } from "../manifest/source.ts";
import { groupOf, type Kind, kindOf, networkingGroup } from "./kinds.ts";

/** A document that is an object of a kind Sluice reads, before its namespace and scope are known. */
export interface Identified {
  readonly document: ManifestDocument;
  readonly apiVersion: string;
  readonly kind: string;
  readonly role: Kind;
  readonly name: string;
  /** As the manifest states it. */
  readonly namespace: string | null;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}

/**
 * Recognises an object by API group and kind: `kind: Gateway` of the Gateway API or `kind: VirtualService` of Gloo are
 * other things. Null for whatever Sluice does not read; a Problem where Kubernetes would refuse an object of Istio.
 */
export function identify(document: ManifestDocument): Identified | Problem | null {
  if (!isObject(document.value)) return null;
  const { apiVersion, kind, metadata = null, spec = null } = document.value;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return null;
  const group = groupOf(apiVersion);
  const role = kindOf(group, kind);
  if (role === undefined) {
    if (group !== networkingGroup) return null;
    const message = `${networkingGroup} has no kind ${kind}`;
    return problem(document, ["kind"], "unknown-kind", message, "check spelling and capitals");
  }
  const wrong = (path: string[], what: string) =>
    group === networkingGroup ? misshapen(document, kind, path, what) : null;
  if (metadata !== null && !isObject(metadata)) return wrong(["metadata"], "an object");
  if (spec !== null && !isObject(spec)) return wrong(["spec"], "an object");
  const { name = null, namespace = null } = metadata ?? {};
  if (typeof name !== "string" || name === "") return wrong(["metadata", "name"], "a name");
  if (namespace !== null && typeof namespace !== "string")
    return wrong(["metadata", "namespace"], "a string");
  return {
    document,
    apiVersion,
    kind,
    role,
    name,
    namespace: namespace || null,
    metadata: metadata ?? {},
    spec: withoutNulls(spec ?? {}),
  };
}

/**
 * A field that is null is a field that is not there: the API server prunes it before anybody else sees the object
 * (apiextensions-apiserver `schema/defaulting/prunenulls.go`). Items of lists stay.
 */
function withoutNulls<T extends Json>(value: T): T;
function withoutNulls(value: Json): Json {
  // Hardly any manifest has one, and looking is cheaper than copying.
  return holdsNull(value) ? pruned(value) : value;
}

function pruned(value: Json): Json {
  if (Array.isArray(value)) return value.map(pruned);
  if (!isObject(value)) return value;
  const kept = new BareObject();
  for (const [key, entry] of Object.entries(value)) if (entry !== null) kept[key] = pruned(entry);
  return kept;
}

/** The entries of `value` that are strings: labels and annotations, of which Kubernetes knows no others. */
export function stringEntries(value: Json | undefined): Record<string, string> {
  const strings = new BareObject() as Record<string, string>;
  for (const [key, entry] of isObject(value) ? Object.entries(value) : []) {
    if (typeof entry === "string") strings[key] = entry;
  }
  return strings;
}

function misshapen(document: ManifestDocument, kind: string, path: readonly string[], what: string): Problem {
  const message = `${path.join(".")} of this ${kind} is not ${what}`;
  return problem(document, path, "wrong-type", message, `write ${what}`);
}

function problem(
  document: ManifestDocument,
  path: readonly string[],
  code: string,
  message: string,
  fix: string,
): Problem {
  return { code, message, range: document.locate(path), fix };
}
