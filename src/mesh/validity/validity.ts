import { holdsNull, isObject } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/source.ts";
import { networkingGroup } from "../kinds.ts";
import { readMetadata } from "./metadata.ts";
import { checkManifest } from "./schema/check.ts";
import { isKind, type Kind, otherKinds, schemas, servedVersions } from "./schema/kinds.ts";
import { nearest } from "./schema/nearest.ts";
import { pruneNulls } from "./schema/nulls.ts";
import { quote } from "./schema/wording.ts";
import { pathText, type Violation } from "./violation.ts";
import { type Review, refused, reviewByWebhook } from "./webhook/webhook.ts";

/** Whether Kubernetes and Istio would take a manifest. */
export interface Validity {
  /** What `kubectl apply` would end in: the API server drops nulls, then both have their say. */
  readonly accepted: boolean;
  /** Why it would not be accepted, each thing once. */
  readonly refusals: readonly Violation[];
  /** Istiod's validating webhook, of the object as written and alone. */
  readonly webhook: Review;
  /** The API server's schema with strict field validation. */
  readonly crd: { readonly valid: boolean; readonly errors: readonly Violation[] };
}

/**
 * Whether Kubernetes and Istio would take a manifest of Istio's networking API, as Istio 1.32 does it.
 * `namespace` is where the object goes if it names no namespace itself.
 */
export function validateObject(manifest: Json, namespace = "default"): Validity {
  const kind = judgedKind(manifest);
  if (!isObject(manifest) || kind === null) return notJudged(manifest);
  const errors = schemaErrors(manifest);
  const crd = { valid: errors.length === 0, errors };
  const webhook = reviewByWebhook(kind, manifest, namespace);
  const kept = holdsNull(manifest) ? pruneNulls(schemas[kind], manifest) : manifest;
  const applied = kept === manifest || !isObject(kept) ? webhook : reviewByWebhook(kind, kept, namespace);
  const refusals = [...errors, ...notAmong(errors, applied.errors)];
  return { accepted: refusals.length === 0, refusals, webhook, crd };
}

/** Where both judges speak of one field, the API server has its say first and alone. */
function notAmong(told: readonly Violation[], others: readonly Violation[]): Violation[] {
  const places = new Set(told.map(({ path }) => pathText(path)));
  return others.filter(({ path }) => !places.has(pathText(path)));
}

const checked = new WeakMap<JsonObject, readonly Violation[]>();

/**
 * What the API server's schema says against a manifest: what kubectl would refuse before Istio is asked. Fast enough
 * for every object of a mesh, and done once for each; empty for manifests of other kinds.
 */
export function schemaErrors(manifest: Json): readonly Violation[] {
  const kind = judgedKind(manifest);
  if (kind === null || !isObject(manifest)) return [];
  const known = checked.get(manifest) ?? checkedBySchema(kind, manifest);
  checked.set(manifest, known);
  return known;
}

function checkedBySchema(kind: Kind, manifest: JsonObject): Violation[] {
  const version = String(manifest.apiVersion).slice(networkingGroup.length + 1);
  const unserved = servedVersions.includes(version) ? [] : [unservedVersion(version)];
  return [...unserved, ...readMetadata(manifest, "").errors, ...checkManifest(schemas[kind], manifest)];
}

/** The kind of a manifest of Istio's networking API that Sluice judges; null for all others. Any version counts. */
export function judgedKind(manifest: Json): Kind | null {
  if (!isObject(manifest) || typeof manifest.apiVersion !== "string") return null;
  return manifest.apiVersion.startsWith(`${networkingGroup}/`) && isKind(manifest.kind)
    ? manifest.kind
    : null;
}

/** Whether a manifest means to be one that Sluice judges: kind or group may be mistaken, not both. */
export function concernsIstio(manifest: Json): boolean {
  if (!isObject(manifest)) return false;
  const api = String(manifest.apiVersion).split("/")[0]!;
  if (api === networkingGroup) return !otherKinds.includes(String(manifest.kind));
  return api.endsWith(".istio.io") && isKind(manifest.kind);
}

function unservedVersion(version: string): Violation {
  return {
    code: "unserved-version",
    path: ["apiVersion"],
    message: `\`${networkingGroup}/${version}\` is not a version that is served`,
    fix: `write \`${networkingGroup}/${servedVersions[0]}\``,
  };
}

function notJudged(manifest: Json): Validity {
  const error = unknownType(manifest);
  return {
    accepted: false,
    refusals: [error],
    webhook: refused([error]),
    crd: { valid: false, errors: [error] },
  };
}

function unknownType(manifest: Json): Violation {
  if (!isObject(manifest)) {
    return { code: "unknown-type", path: [], message: `a manifest is an object, not ${quote(manifest)}` };
  }
  const { apiVersion = null, kind = null } = manifest;
  if (isKind(kind)) {
    const message = `${quote(apiVersion)} is not the \`apiVersion\` of a ${kind}`;
    return {
      code: "unknown-type",
      path: ["apiVersion"],
      message,
      fix: `write \`${networkingGroup}/${servedVersions[0]}\``,
    };
  }
  const meant = typeof kind === "string" ? nearest(kind, Object.keys(schemas)) : null;
  return {
    code: "unknown-type",
    path: ["kind"],
    message: `${quote(kind)} is not a kind of \`${networkingGroup}\` that Sluice judges`,
    ...(meant === null ? {} : { fix: `write \`${meant}\`` }),
  };
}
