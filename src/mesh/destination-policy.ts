import type { Path } from "../manifest/source.ts";
import { type MergedDestinationRule, type Sourced, selectDestinationRule } from "./destination-rules.ts";
import type { DestinationRule, Subset, TrafficPolicy } from "./istio.ts";
import type { Mesh, MeshObject } from "./object.ts";
import { serviceNamespace } from "./service-namespace.ts";

type Block = Exclude<keyof TrafficPolicy, "portLevelSettings">;

/** The blocks in force, each whole and with the line it comes from; null: Istio's default. */
export type PolicyInForce = {
  readonly [K in Block]: Sourced<NonNullable<TrafficPolicy[K]>> | null;
};

/** What DestinationRules say about one destination, for one client. */
export interface DestinationPolicy {
  /** The objects that apply, the first of them in charge; empty: none does. */
  readonly rules: readonly MeshObject<DestinationRule>[];
  /** The subset as defined, or null: not asked for, or not defined, in which case requests to it fail with 503. */
  readonly subset: Sourced<Subset> | null;
  readonly blocks: PolicyInForce;
}

/**
 * The policy that a client proxy applies to a destination: the DestinationRule chosen by namespace and host, the settings
 * of the port, then those of the subset. A block replaces a block as a whole; settings for a port replace all four blocks,
 * so that what they leave out falls back to Istio's defaults (pilot/pkg/networking/util `MergeSubsetTrafficPolicy`).
 *
 * @param port null leaves `portLevelSettings` aside.
 */
export function effectiveDestinationPolicy(
  mesh: Mesh,
  clientNamespace: string,
  clientLabels: Readonly<Record<string, string>>,
  host: string,
  port: number | null,
  subset: string | null,
): DestinationPolicy {
  const client = { namespace: clientNamespace, labels: clientLabels };
  const owner = serviceNamespace(mesh, host, clientNamespace);
  const rule = selectDestinationRule(mesh, client, host, owner);
  return destinationPolicy(rule, port, subset);
}

/** The policy of an already selected DestinationRule for one port and subset. */
export function destinationPolicy(
  rule: MergedDestinationRule | null,
  port: number | null,
  subset: string | null,
): DestinationPolicy {
  const defined = rule?.subsets.find(({ value }) => value.name === subset) ?? null;
  const host = atPort(rule?.trafficPolicy ?? null, port);
  const inner = defined?.value.trafficPolicy
    ? atPort(
        {
          value: defined.value.trafficPolicy,
          object: defined.object,
          path: [...defined.path, "trafficPolicy"],
        },
        port,
      )
    : null;
  return { rules: rule?.from ?? [], subset: defined, blocks: inForce(host, inner) };
}

interface PortPolicy extends Sourced<TrafficPolicy> {
  readonly replacesAll: boolean;
}

function atPort(policy: Sourced<TrafficPolicy> | null, port: number | null): PortPolicy | null {
  if (!policy) return null;
  const settings = policy.value.portLevelSettings ?? [];
  const index = port === null ? -1 : settings.findIndex((setting) => setting.port?.number === port);
  const setting = settings[index];
  if (!setting) return { ...policy, replacesAll: false };
  const path: Path = [...policy.path, "portLevelSettings", index];
  return { value: setting, object: policy.object, path, replacesAll: true };
}

function inForce(host: PortPolicy | null, subset: PortPolicy | null): PolicyInForce {
  const replaced = subset?.replacesAll ? null : host;
  return {
    connectionPool: block(subset, "connectionPool") ?? block(replaced, "connectionPool"),
    loadBalancer: block(subset, "loadBalancer") ?? block(replaced, "loadBalancer"),
    outlierDetection: block(subset, "outlierDetection") ?? block(replaced, "outlierDetection"),
    tls: block(subset, "tls") ?? block(replaced, "tls"),
    tunnel: block(subset, "tunnel") ?? block(host, "tunnel"),
    proxyProtocol: block(subset, "proxyProtocol") ?? block(host, "proxyProtocol"),
    retryBudget: block(subset, "retryBudget") ?? block(host, "retryBudget"),
  };
}

function block<Name extends Block>(
  policy: PortPolicy | null,
  name: Name,
): Sourced<NonNullable<TrafficPolicy[Name]>> | null {
  const value = policy?.value[name];
  return policy && value ? { value, object: policy.object, path: [...policy.path, name] } : null;
}
