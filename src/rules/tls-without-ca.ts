import type { Path } from "../manifest/source.ts";
import type { ClientTLSSettings, DestinationRule, TrafficPolicy } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import type { IstioCode } from "./istio-messages.ts";

export const tlsWithoutCa = defineAnalysis({
  id: "tls-without-ca",
  title: "A client does not say by which authority it knows the server",
  level: "warning",
  istio: ["IST0128", "IST0129"],
  docs: {
    what: "finds `tls` with mode SIMPLE or MUTUAL and no `caCertificates`",
    why: "the server's certificate is then held against whatever the proxy's image trusts, and older proxies do not verify it at all",
    do: "Set `caCertificates`, for public servers to `system`, and `subjectAltNames` beside it.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: database, namespace: prod }
spec:
  host: db.example.com
  trafficPolicy: { tls: { mode: SIMPLE } }
`,
    },
  },
  *check({ mesh, touched }) {
    for (const rule of mesh.destinationRules) {
      if (!touched.has(rule.id)) continue;
      for (const { tls, path, where, istio } of settingsOf(rule)) {
        yield {
          object: rule,
          path: [...path, "tls", "caCertificates"],
          subject: `tls of ${where}`,
          message: `tls mode ${tls.mode} of ${where} has no caCertificates to verify ${rule.spec.host} by`,
          after: tls.mode ?? "",
          fix: "set caCertificates, for public servers to system",
          ...(istio ? { istio: [istio] } : {}),
        };
      }
    }
  },
});

interface Setting {
  readonly tls: ClientTLSSettings;
  readonly path: Path;
  readonly where: string;
  /** Istio's analyzer does not look at subsets. */
  readonly istio?: IstioCode;
}

function settingsOf({ spec }: MeshObject<DestinationRule>): Setting[] {
  const own = ofPolicy(spec.trafficPolicy, ["spec", "trafficPolicy"], "the host").map(
    (setting): Setting => ({
      ...setting,
      istio: setting.path.includes("portLevelSettings") ? "IST0129" : "IST0128",
    }),
  );
  const ofSubsets = (spec.subsets ?? []).flatMap((subset, index) =>
    ofPolicy(subset.trafficPolicy, ["spec", "subsets", index, "trafficPolicy"], `subset ${subset.name}`),
  );
  return [...own, ...ofSubsets].filter(
    ({ tls }) =>
      (tls.mode === "SIMPLE" || tls.mode === "MUTUAL") &&
      !tls.caCertificates &&
      // A credential brings its own authority, but only proxies that the rule selects may read it.
      !(tls.credentialName && spec.workloadSelector),
  );
}

function ofPolicy(policy: TrafficPolicy | undefined, path: Path, where: string): Setting[] {
  const ports = (policy?.portLevelSettings ?? []).flatMap(({ tls, port }, index): Setting[] =>
    tls
      ? [{ tls, path: [...path, "portLevelSettings", index], where: `port ${port?.number} of ${where}` }]
      : [],
  );
  return [...(policy?.tls ? [{ tls: policy.tls, path, where }] : []), ...ports];
}
