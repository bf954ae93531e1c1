import * as z from "zod";
import type { Path } from "../manifest/source.ts";
import type { Sidecar } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import type { MeshSettings } from "../mesh/settings.ts";
import { worldOf } from "../mesh/worlds.ts";
import { coveredBy } from "../traffic/egress-reach.ts";
import type { Violation } from "./finding.ts";
import { neededEgress } from "./needed-egress.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  forbid: z
    .array(z.string())
    .default(["*/*"])
    .meta({ tighter: "union", description: "Egress hosts that no Sidecar may import." }),
});
type Options = z.output<typeof options>;

export const sidecarEgressScope = defineStateRule({
  id: "sidecar-egress-scope",
  title: "A Sidecar opens egress to the whole mesh",
  approval: null,
  docs: {
    what: "refuses Sidecar egress hosts such as `*/*`, and hosts not written as `namespace/dnsName`",
    why: "a Sidecar that imports everything makes every proxy hold the configuration of the whole mesh, and lets a workload reach services nobody meant it to",
    do: "List the namespaces and hosts the workload really calls, for example `./*` and `istio-system/*`.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress:
    - hosts: ["./*", "istio-system/*"]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress:
    - hosts: ["*/*"]
`,
    },
  },
  options,
  *check(context) {
    for (const sidecar of context.mesh.sidecars) {
      if (context.touched.has(sidecar.id)) yield* violations(sidecar, context);
    }
  },
});

/**
 * Whether an egress host brings all that a forbidden one would, as everything brings each part. Who names the domain of
 * the cluster for every namespace has asked for the whole mesh as well.
 */
export function isForbidden(
  host: string,
  forbid: readonly string[],
  { clusterDomain }: Pick<MeshSettings, "clusterDomain">,
): boolean {
  return forbid.some(
    (forbidden) =>
      coveredBy([host], forbidden) || (forbidden === "*/*" && coveredBy([host], `*/*.svc.${clusterDomain}`)),
  );
}

function* violations(sidecar: MeshObject<Sidecar>, context: StateContext<Options>): Generator<Violation> {
  const listeners = sidecar.spec.egress ?? [];
  if (listeners.length === 0 && context.options.forbid.includes("*/*")) {
    // pilot/pkg/model/sidecar.go: a Sidecar without egress listeners imports `*/*`.
    yield violation(sidecar, ["spec", "egress"], "*/*", "a Sidecar without egress imports */*", context);
  }
  for (const [listenerIndex, { hosts = [] }] of listeners.entries()) {
    for (const [hostIndex, host] of hosts.entries()) {
      const path = ["spec", "egress", listenerIndex, "hosts", hostIndex];
      if (!host.includes("/")) {
        yield violation(
          sidecar,
          path,
          host,
          `egress host ${host} is not written as namespace/dnsName`,
          context,
        );
      } else if (isForbidden(host, context.options.forbid, context.mesh.settings)) {
        yield violation(sidecar, path, host, `egress host ${host} is not allowed`, context);
      }
    }
  }
}

function violation(
  sidecar: MeshObject<Sidecar>,
  path: Path,
  host: string,
  message: string,
  { mesh, limit }: StateContext<Options>,
): Violation {
  const needed = neededEgress(worldOf(mesh, sidecar), sidecar.namespace);
  return {
    object: sidecar.id,
    subject: `egress ${host}`,
    range: sidecar.locate(path),
    message,
    after: host,
    fix: `name the namespaces and hosts that are really called, such as ${spoken(needed)}`,
    certainty: "certain",
    limit: limit("forbid"),
  };
}

/** The first dozen, as a sentence lists them. */
function spoken(hosts: readonly string[]): string {
  const [first = "", ...rest] = hosts.slice(0, 12);
  const last = rest.pop();
  return last === undefined ? first : `${[first, ...rest].join(", ")} and ${last}`;
}
