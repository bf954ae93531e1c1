import { isSubsetOf } from "../mesh/hosts.ts";
import { defaultMeshSettings, type MeshSettings } from "../mesh/settings.ts";

/**
 * Whether policy's list of hosts, with wildcards, includes a host. `*.svc.cluster.local` means the services of the cluster,
 * whatever its domain is called: packs are written for everybody.
 */
export function isHostAmong(
  host: string,
  patterns: readonly string[],
  { clusterDomain }: Pick<MeshSettings, "clusterDomain">,
): boolean {
  const usual = `.svc.${defaultMeshSettings.clusterDomain}`;
  return patterns.some((pattern) =>
    isSubsetOf(
      host,
      pattern.endsWith(usual) ? `${pattern.slice(0, -usual.length)}.svc.${clusterDomain}` : pattern,
    ),
  );
}
