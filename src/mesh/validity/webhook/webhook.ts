import type { JsonObject } from "../../../manifest/source.ts";
import type { DestinationRule, Gateway, ServiceEntry, Sidecar, VirtualService } from "../../istio.ts";
import { type Metadata, readMetadata } from "../metadata.ts";
import { type Kind, schemas } from "../schema/kinds.ts";
import { fieldNode, type ObjectNode } from "../schema/node.ts";
import { mostTold, type Violation } from "../violation.ts";
import { refusedAnnotations } from "./annotations.ts";
import { decodeMessage } from "./decode.ts";
import { destinationRule } from "./destination-rule.ts";
import { gateway } from "./gateway.ts";
import type { Issues } from "./issue.ts";
import { serviceEntry } from "./service-entry.ts";
import { sidecar } from "./sidecar.ts";
import { unreachableRules } from "./unreachable.ts";
import { virtualService } from "./virtual-service.ts";

/** What istiod's validating webhook says of an object. */
export interface Review {
  readonly valid: boolean;
  readonly errors: readonly Violation[];
  /** Of settings alone: what is deprecated, or has no effect. */
  readonly settingWarnings: readonly Violation[];
  /** Of routes and matches that no request reaches; looked for when somebody wants to know. */
  readonly unreachable: readonly Violation[];
  /** All warnings, in Istio's order. */
  readonly warnings: readonly Violation[];
}

/** Decoding has made sure of the types, so the message is what the kind's schema says. */
const validators = {
  VirtualService: (spec: unknown, metadata: Metadata) => virtualService(spec as VirtualService, metadata),
  DestinationRule: (spec: unknown, metadata: Metadata) => destinationRule(spec as DestinationRule, metadata),
  Gateway: (spec: unknown, metadata: Metadata) => gateway(spec as Gateway, metadata),
  ServiceEntry: (spec: unknown, metadata: Metadata) => serviceEntry(spec as ServiceEntry, metadata),
  Sidecar: (spec: unknown, metadata: Metadata) => sidecar(spec as Sidecar, metadata),
} satisfies Record<Kind, (spec: unknown, metadata: Metadata) => Issues>;

const topLevelFields = ["apiVersion", "kind", "metadata", "spec", "status"];

/**
 * What istiod's validating webhook says of an object alone (pkg/webhooks/validation/server/server.go `validate`). The
 * version does not matter to it, nor do unknown fields below the top level. `namespace` is used where the object names none.
 */
export function reviewByWebhook(kind: Kind, manifest: JsonObject, namespace: string): Review {
  const { metadata, errors: unreadable } = readMetadata(manifest, namespace);
  const specNode = fieldNode(schemas[kind], "spec") as ObjectNode;
  const { message, errors: undecodable } = decodeMessage(specNode, manifest.spec ?? null, ["spec"]);
  const unread = [...unreadable, ...undecodable];
  if (unread.length > 0) return refused(unread.slice(0, mostTold));
  const { errors, warnings } = sorted(said(kind, message, metadata));
  errors.push(...unknownAtTop(manifest));
  let unreachable: readonly Violation[] | undefined;
  return {
    valid: errors.length === 0,
    errors: errors.slice(0, mostTold),
    settingWarnings: warnings,
    get unreachable() {
      unreachable ??= sorted(unreached(kind, message, metadata)).warnings;
      return unreachable;
    },
    get warnings() {
      return [...warnings, ...this.unreachable].slice(0, mostTold);
    },
  };
}

/** An object that is refused before anything else is looked at. */
export function refused(errors: readonly Violation[]): Review {
  return { valid: false, errors, settingWarnings: [], unreachable: [], warnings: [] };
}

/** Annotations that are refused end validation. */
function* said(kind: Kind, message: JsonObject, metadata: Metadata): Issues {
  const refused = [...refusedAnnotations(metadata)];
  if (refused.length > 0) yield* refused;
  else yield* validators[kind](message, metadata);
}

function* unreached(kind: Kind, message: JsonObject, metadata: Metadata): Issues {
  if (kind !== "VirtualService" || !refusedAnnotations(metadata).next().done) return;
  yield* unreachableRules(message as unknown as VirtualService);
}

/** Of each severity, the first hundred. */
function sorted(issues: Issues): { errors: Violation[]; warnings: Violation[] } {
  const told = { error: [] as Violation[], warning: [] as Violation[] };
  for (const { severity, ...violation } of issues) {
    if (told[severity].length < mostTold) told[severity].push(violation);
  }
  return { errors: told.error, warnings: told.warning };
}

function unknownAtTop(manifest: JsonObject): Violation[] {
  return Object.keys(manifest)
    .filter((field) => !topLevelFields.includes(field))
    .map((field) => ({
      code: "unknown-field",
      path: [field],
      message: `\`${field}\` is not a field of a Kubernetes object; Istio's settings stand in \`spec\``,
    }));
}
