import type { JsonObject } from "../../../manifest/source.ts";
import type { DestinationRule, Gateway, ServiceEntry, Sidecar, VirtualService } from "../../istio.ts";
import { type Kind, schemas } from "../schema/kinds.ts";
import { fieldNode, type ObjectNode } from "../schema/node.ts";
import type { Violation } from "../violation.ts";
import { decodeMessage } from "./decode.ts";
import { destinationRule } from "./destination-rule.ts";
import { gateway } from "./gateway.ts";
import type { Issue, Issues } from "./issue.ts";
import { type Metadata, readMetadata, refusedAnnotations } from "./metadata.ts";
import { serviceEntry } from "./service-entry.ts";
import { sidecar } from "./sidecar.ts";
import { virtualService } from "./virtual-service.ts";

/** What istiod's validating webhook says of an object. */
export interface Review {
  readonly valid: boolean;
  readonly errors: readonly Violation[];
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
  if (unreadable.length + undecodable.length > 0) return refusal([...unreadable, ...undecodable]);
  const refused = [...refusedAnnotations(metadata)];
  const issues = refused.length > 0 ? refused : [...validators[kind](message, metadata)];
  const errors = [
    ...issues.filter((issue) => issue.severity === "error").map(violation),
    ...unknownAtTop(manifest),
  ];
  if (errors.length > 0) return { valid: false, errors, warnings: warningsAmong(issues) };
  return { valid: true, errors, warnings: warningsAmong(issues) };
}

function refusal(errors: readonly Violation[]): Review {
  return { valid: false, errors, warnings: [] };
}

function warningsAmong(issues: readonly Issue[]): Violation[] {
  return issues.filter((issue) => issue.severity === "warning").map(violation);
}

function violation({ severity: _, ...rest }: Issue): Violation {
  return rest;
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
