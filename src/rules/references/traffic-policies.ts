import type { Path } from "../../manifest/source.ts";
import type { DestinationRule, PolicyBlocks } from "../../mesh/istio.ts";
import type { MeshObject } from "../../mesh/object.ts";

/** A traffic policy as it stands in a DestinationRule. */
export interface PlacedPolicy {
  readonly policy: PolicyBlocks;
  readonly path: Path;
  /** `the host`, `port 80 of subset v1`. */
  readonly where: string;
  /** The subset that it belongs to. */
  readonly subset: string | null;
  readonly port: number | null;
}

/** Every traffic policy of a DestinationRule: its own, of ports, of subsets and of their ports. */
export function trafficPolicies({ spec }: MeshObject<DestinationRule>): readonly PlacedPolicy[] {
  const subsets = (spec.subsets ?? []).map(({ name, trafficPolicy }, index) => ({
    policy: trafficPolicy,
    path: ["spec", "subsets", index, "trafficPolicy"],
    where: `subset ${name}`,
    subset: name,
  }));
  const own = {
    policy: spec.trafficPolicy,
    path: ["spec", "trafficPolicy"],
    where: "the host",
    subset: null,
  };
  return [own, ...subsets].flatMap(({ policy, path, where, subset }): PlacedPolicy[] => {
    if (!policy) return [];
    const ports = (policy.portLevelSettings ?? []).map((setting, index): PlacedPolicy => {
      const port = setting.port?.number ?? null;
      return {
        policy: setting,
        path: [...path, "portLevelSettings", index],
        where: `port ${port} of ${where}`,
        subset,
        port,
      };
    });
    return [{ policy, path, where, subset, port: null }, ...ports];
  });
}
