import type { Path } from "../manifest/source.ts";
import { isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { ClientTLSSettings, DestinationRule } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { serviceNamespace } from "../mesh/service-namespace.ts";
import { defineAnalysis } from "./analysis.ts";
import { peerAuthentication } from "./references/authentication.ts";
import { meeting } from "./references/certainty.ts";

export const mtlsConflict = defineAnalysis({
  id: "mtls-conflict",
  title: "Clients and servers disagree about mutual TLS",
  level: "error",
  docs: {
    what: "finds DestinationRules that switch mutual TLS off where a PeerAuthentication demands it, or on where one disables it",
    why: "every connection fails: a STRICT server refuses plain text, and a server without mutual TLS does not understand Istio's handshake",
    do: "Remove the `tls` block, so that Istio chooses by what the server speaks, or change the PeerAuthentication first.",
    example: {
      base: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: prod }
spec: { mtls: { mode: STRICT } }
`,
      head: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: prod }
spec: { mtls: { mode: STRICT } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { tls: { mode: DISABLE } }
`,
    },
  },
  *check({ mesh }) {
    for (const rule of mesh.destinationRules) {
      const settings = tlsSettings(rule);
      if (settings.length === 0) continue;
      const namespace = servedNamespace(mesh, rule);
      const demanded = namespace === null ? null : peerAuthentication(mesh, namespace);
      if (!demanded) continue;
      for (const { tls, path } of settings) {
        const mode = tls.mode ?? "DISABLE";
        const isWrong =
          demanded.mode === "STRICT"
            ? mode === "DISABLE"
            : demanded.mode === "DISABLE" && mode === "ISTIO_MUTUAL";
        if (!isWrong) continue;
        yield {
          object: rule,
          path: [...path, "mode"],
          subject: `tls ${path.filter((part) => typeof part === "string").join(".")}`,
          message: `tls mode ${mode} for ${rule.spec.host} meets ${demanded.object.id}, which says ${demanded.mode}`,
          after: mode,
          fix: "remove the tls block, or change the PeerAuthentication first",
          certainty: meeting(rule, demanded.object),
        };
      }
    }
  },
});

interface TlsSetting {
  readonly tls: ClientTLSSettings;
  readonly path: Path;
}

/** Every tls block of a DestinationRule: its own, of ports, of subsets. */
function tlsSettings({ spec }: MeshObject<DestinationRule>): readonly TlsSetting[] {
  const { trafficPolicy, subsets = [] } = spec;
  const policies = [
    { policy: trafficPolicy, path: ["spec", "trafficPolicy"] },
    ...subsets.map((subset, index) => ({
      policy: subset.trafficPolicy,
      path: ["spec", "subsets", index, "trafficPolicy"],
    })),
  ];
  return policies.flatMap(({ policy, path }) => [
    ...(policy?.tls ? [{ tls: policy.tls, path: [...path, "tls"] }] : []),
    ...(policy?.portLevelSettings ?? []).flatMap(({ tls }, index) =>
      tls ? [{ tls, path: [...path, "portLevelSettings", index, "tls"] }] : [],
    ),
  ]);
}

/** The namespace of the servers: of a wildcard over the mesh (`*.local`), or over several namespaces, the root's word counts. */
function servedNamespace(
  mesh: Mesh,
  { spec: { host = "" }, namespace }: MeshObject<DestinationRule>,
): string | null {
  const { clusterDomain, rootNamespace } = mesh.settings;
  const suffix = `.svc.${clusterDomain}`;
  if (!isWildcard(host))
    return serviceNamespace(mesh, qualifyHost(host, namespace, clusterDomain), namespace);
  const owner = host.endsWith(suffix) ? host.slice(2, -suffix.length) : "";
  if (owner !== "") return owner.includes(".") ? null : owner;
  return `.${clusterDomain}`.endsWith(host.slice(1)) || suffix.endsWith(host.slice(1)) ? rootNamespace : null;
}
