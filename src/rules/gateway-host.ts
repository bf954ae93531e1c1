import * as z from "zod";
import type { Path, Range } from "../manifest/source.ts";
import { hostsOverlap, isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { matchesAny } from "./glob.ts";
import { defineStateRule } from "./rule.ts";

const options = z.strictObject({
  claims: z
    .record(z.string().min(1), z.array(z.string().min(1)))
    .default({})
    .meta({
      tighter: "entries",
      description:
        "Hosts, with wildcards, and the globs of the namespaces that may serve them at gateways: `*.shop.example.com: [shop-*]`. A host meets every claim that it falls under; `*` stands for the bare wildcard itself.",
    }),
});

export const gatewayHost = defineStateRule({
  id: "gateway-host",
  title: "A host is claimed by a namespace that it does not belong to",
  approval: null,
  docs: {
    what: "holds the hosts of Gateways, and of VirtualServices at gateways, to the namespaces that policy gives them to",
    why: "whoever writes a host into a Gateway or a VirtualService answers for it, and takes its requests from the team that they belong to",
    do: "Serve the host from a namespace that it belongs to, or have it given to yours in policy.",
    example: {
      policy: `version: 1
rules:
  gateway-host:
    severity: block
    claims: { "*.shop.example.com": [shop, istio-ingress] }
`,
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: search }
spec:
  hosts: [cart.shop.example.com]
  gateways: [istio-ingress/public]
  http:
    - route: [{ destination: { host: cart } }]
`,
    },
  },
  options,
  *check({ mesh, touched, options: { claims }, limit }) {
    for (const claim of claimsOf(mesh, touched)) {
      for (const [pattern, owners] of Object.entries(claims)) {
        if (!fallsUnder(claim, pattern) || matchesAny(owners, claim.namespace)) continue;
        yield {
          object: claim.object,
          subject: `${claim.host} of ${pattern}`,
          range: claim.range(),
          message: `namespace ${claim.namespace} claims \`${claim.host}\`, and \`${pattern}\` belongs to ${owners.join(", ") || "nobody"}`,
          after: claim.host,
          fix: `serve it from ${owners.join(" or ") || "nowhere"}, or have \`${pattern}\` given to ${claim.namespace} in policy`,
          certainty: "certain",
          limit: limit("claims", pattern),
        };
      }
    }
  },
});

/** A host that an object would answer for at some gateway. */
interface Claim {
  readonly object: string;
  readonly namespace: string;
  readonly host: string;
  /** It routes requests; a Gateway's server only listens. */
  readonly routes: boolean;
  range(): Range;
}

function* claimsOf(mesh: Mesh, touched: ReadonlySet<string>): Generator<Claim> {
  for (const gateway of mesh.gateways) {
    if (!touched.has(gateway.id)) continue;
    for (const [index, { hosts = [] }] of (gateway.spec.servers ?? []).entries()) {
      for (const [position, host] of hosts.entries()) {
        const path: Path = ["spec", "servers", index, "hosts", position];
        const name = host.slice(host.indexOf("/") + 1);
        const { id: object, namespace } = gateway;
        yield { object, namespace, host: name, routes: false, range: () => gateway.locate(path) };
      }
    }
  }
  for (const service of mesh.virtualServices) {
    const { id: object, namespace, spec } = service;
    if (!touched.has(object) || !spec.gateways?.some((gateway) => gateway !== "mesh")) continue;
    for (const [position, host] of (spec.hosts ?? []).entries()) {
      const name = qualifyHost(host, namespace, mesh.settings.clusterDomain);
      const range = () => service.locate(["spec", "hosts", position]);
      yield { object, namespace, host: name, routes: true, range };
    }
  }
}

/** A wider host takes what nobody claims more exactly; a server that listens for it takes nothing yet. */
function fallsUnder({ host, routes }: Claim, pattern: string): boolean {
  if (pattern === "*") return host === "*";
  return routes ? hostsOverlap(host, pattern) : isSubsetOf(host, pattern);
}
