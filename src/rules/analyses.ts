import { ambientWithoutWaypoint } from "./ambient-without-waypoint.ts";
import { conflictingHosts } from "./conflicting-hosts.ts";
import { credentialNotFound } from "./credential-not-found.ts";
import { delegateDropsRules } from "./delegate-drops-rules.ts";
import { delegateNotFound } from "./delegate-not-found.ts";
import { deprecatedField } from "./deprecated-field.ts";
import { destinationRuleConflict } from "./destination-rule-conflict.ts";
import { destinationRuleHostNotFound } from "./destination-rule-host-not-found.ts";
import { destinationRuleNeverUsed } from "./destination-rule-never-used.ts";
import { destinationRuleNotInherited } from "./destination-rule-not-inherited.ts";
import { duplicateCertificate } from "./duplicate-certificate.ts";
import { duplicateDestination } from "./duplicate-destination.ts";
import { duplicateServiceEntry } from "./duplicate-service-entry.ts";
import { exportToUnknownNamespace } from "./export-to-unknown-namespace.ts";
import { faultWithoutEffect } from "./fault-without-effect.ts";
import { gatewayConflict } from "./gateway-conflict.ts";
import { gatewayNotFound } from "./gateway-not-found.ts";
import { gatewayPortNotServed } from "./gateway-port-not-served.ts";
import { gatewayReferenceForm } from "./gateway-reference-form.ts";
import { gatewayWorkloadNotFound } from "./gateway-workload-not-found.ts";
import { hostNotFound } from "./host-not-found.ts";
import { hostNotInGateway } from "./host-not-in-gateway.ts";
import { istioWarning } from "./istio-warning.ts";
import { jwtClaimRoute } from "./jwt-claim-route.ts";
import { matchGatewayNotBound } from "./match-gateway-not-bound.ts";
import { mirrorWithoutEffect } from "./mirror-without-effect.ts";
import { mtlsConflict } from "./mtls-conflict.ts";
import { negativeCondition } from "./negative-condition.ts";
import { nullMatch } from "./null-match.ts";
import { outboundPolicyWithoutMode } from "./outbound-policy-without-mode.ts";
import { overlappingHosts } from "./overlapping-hosts.ts";
import { portNotFound } from "./port-not-found.ts";
import { portRequired } from "./port-required.ts";
import { redirectWithoutEffect } from "./redirect-without-effect.ts";
import type { StateRule } from "./rule.ts";
import { serviceEntryAddresses } from "./service-entry-addresses.ts";
import { serviceEntryConflict } from "./service-entry-conflict.ts";
import { sidecarConflict } from "./sidecar-conflict.ts";
import { sidecarEgressHostNotFound } from "./sidecar-egress-host-not-found.ts";
import { sidecarWithoutEffect } from "./sidecar-without-effect.ts";
import { sidecarWorkloadNotFound } from "./sidecar-workload-not-found.ts";
import { subsetIgnoredAtGateway } from "./subset-ignored-at-gateway.ts";
import { subsetNotFound } from "./subset-not-found.ts";
import { subsetSelectsNothing } from "./subset-selects-nothing.ts";
import { subsetWithoutLabels } from "./subset-without-labels.ts";
import { tlsWithoutCa } from "./tls-without-ca.ts";
import { unreachableMatch } from "./unreachable-match.ts";
import { weightOfOne } from "./weight-of-one.ts";

/** The rules that find mistakes in a mesh, in the order in which `sluice analyze` lists their findings: what fails first. */
export const analyses: readonly StateRule[] = [
  hostNotFound,
  portNotFound,
  portRequired,
  subsetNotFound,
  gatewayNotFound,
  gatewayReferenceForm,
  hostNotInGateway,
  matchGatewayNotBound,
  delegateNotFound,
  delegateDropsRules,
  destinationRuleHostNotFound,
  destinationRuleNeverUsed,
  subsetSelectsNothing,
  subsetWithoutLabels,
  gatewayWorkloadNotFound,
  gatewayPortNotServed,
  credentialNotFound,
  jwtClaimRoute,
  sidecarWorkloadNotFound,
  sidecarEgressHostNotFound,
  exportToUnknownNamespace,
  conflictingHosts,
  overlappingHosts,
  gatewayConflict,
  duplicateCertificate,
  sidecarConflict,
  serviceEntryConflict,
  duplicateServiceEntry,
  destinationRuleConflict,
  destinationRuleNotInherited,
  mtlsConflict,
  nullMatch,
  unreachableMatch,
  redirectWithoutEffect,
  faultWithoutEffect,
  mirrorWithoutEffect,
  weightOfOne,
  duplicateDestination,
  subsetIgnoredAtGateway,
  sidecarWithoutEffect,
  outboundPolicyWithoutMode,
  ambientWithoutWaypoint,
  tlsWithoutCa,
  serviceEntryAddresses,
  deprecatedField,
  istioWarning,
  negativeCondition,
];
