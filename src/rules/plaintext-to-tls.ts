import { clientPolicies } from "../mesh/client-policies.ts";
import type { DestinationPolicy } from "../mesh/destination-policy.ts";
import type { ServiceEntry } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { isHttp, parseProtocol } from "../mesh/port-protocol.ts";
import type { WorldPair } from "../mesh/worlds.ts";
import type { Certainty } from "../traffic/change.ts";

const tlsPort = 443;

/** HTTP that a ServiceEntry sends to a server that expects TLS. */
export interface PlaintextToTls {
  readonly host: string;
  /** The port of the ServiceEntry, and its place in the list. */
  readonly port: number;
  readonly index: number;
  readonly protocol: string;
  readonly certainty: Certainty;
  /** What of the change made it so: the ServiceEntry, or a DestinationRule that no longer makes TLS of it. */
  readonly culprit: MeshObject<unknown>;
}

/** HTTP on its way to port 443 without a DestinationRule that originates TLS, as far as the change has a part in it. */
export function* plaintextToTls(
  entry: MeshObject<ServiceEntry>,
  world: WorldPair,
  touched: ReadonlySet<string>,
): Generator<PlaintextToTls> {
  for (const [index, { number = 0, targetPort, protocol = "" }] of (entry.spec.ports ?? []).entries()) {
    if (!isHttp(parseProtocol(protocol)) || (targetPort || number) !== tlsPort) continue;
    for (const host of entry.spec.hosts ?? []) {
      const policies = clientPolicies(world.head, host, number, null);
      const plain = policies.filter(({ blocks }) => (blocks.tls?.value.mode ?? "DISABLE") === "DISABLE");
      if (policies.length > 0 && plain.length === 0) continue;
      const culprit = touched.has(entry.id) ? entry : changedRule(host, plain, world, touched);
      if (culprit === null) continue;
      const known = policies.length > 0 || culprit !== entry;
      yield {
        host,
        port: number,
        index,
        protocol,
        culprit,
        certainty: known ? "certain" : "needs-inventory",
      };
    }
  }
}

/** The DestinationRule of a host that the change touches or removes; null: the change has nothing to do with it. */
function changedRule(
  host: string,
  policies: readonly DestinationPolicy[],
  { base, head }: WorldPair,
  touched: ReadonlySet<string>,
): MeshObject<unknown> | null {
  const before = clientPolicies(base, host, null, null).flatMap(({ rules }) => rules);
  const kept = new Set(head.destinationRules.map(({ id }) => id));
  return (
    policies.flatMap(({ rules }) => rules).find(({ id }) => touched.has(id)) ??
    before.find(({ id }) => touched.has(id) && !kept.has(id)) ??
    null
  );
}
