import { isObject } from "../manifest/json.ts";
import { qualifyGateway } from "../mesh/hosts.ts";
import { stringEntries } from "../mesh/identity.ts";
import type { Labels } from "../mesh/istio/primitives.ts";
import type { Gateway, VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject, Workload } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { defineAnalysis } from "./analysis.ts";
import { podsSelected } from "./references/pods.ts";

export const jwtClaimRoute = defineAnalysis({
  id: "jwt-claim-route",
  title: "A route looks at JWT claims that nobody has read",
  level: "error",
  istio: ["IST0149"],
  docs: {
    what: "finds matches on `@request.auth.claims` at gateways for whose pods there is no RequestAuthentication",
    why: "claims are known only once a RequestAuthentication has validated the token: without one the match never applies, or, where it excludes, always does",
    do: "Add a RequestAuthentication that selects the gateway's pods.",
    example: {
      base: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }
`,
      head: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  gateways: [istio-ingress/public]
  http:
    - match: [{ headers: { "@request.auth.claims.group": { exact: staff } } }]
      route:
        - destination: { host: shop }
`,
    },
  },
  *check({ mesh }) {
    const gateways = new Map(mesh.gateways.map((object) => [`${object.namespace}/${object.name}`, object]));
    for (const service of mesh.virtualServices) {
      const claim = claimOf(service);
      if (!claim) continue;
      for (const reference of service.spec.gateways ?? []) {
        const name = qualifyGateway(reference, service.namespace);
        const pod = unauthenticatedPod(mesh, gateways.get(name));
        if (!pod) continue;
        yield {
          object: service,
          path: claim.path,
          part: "key",
          subject: `${claim.name} at gateway ${name}`,
          message: `${claim.name} is not known at Gateway ${name}: Git shows no RequestAuthentication for the pods of ${pod.id}`,
          fix: `add a RequestAuthentication in namespace ${pod.namespace} that selects the gateway's pods`,
          certainty: "needs-inventory",
          istio: ["IST0149"],
        };
      }
    }
  },
});

/** The first header of a match that stands for a claim, in `headers` or `withoutHeaders`. */
function claimOf({ spec }: MeshObject<VirtualService>) {
  for (const [index, { match = [] }] of (spec.http ?? []).entries()) {
    for (const [position, request] of match.entries()) {
      for (const field of ["headers", "withoutHeaders"] as const) {
        const name = Object.keys(request[field] ?? {}).find(
          (header) => header.startsWith("@") && isClaim.test(header),
        );
        if (name) return { name, path: ["spec", "http", index, "match", position, field, name] };
      }
    }
  }
  return null;
}

/** pkg/jwt/routing.go `ToRoutingClaim`. */
const isClaim = /^@request\.auth\.claims(?:\..+|\[.+\])$/i;

function unauthenticatedPod(mesh: Mesh, gateway: MeshObject<Gateway> | undefined): Workload | undefined {
  if (!gateway) return undefined;
  const selectors = authenticatedPods(mesh);
  return podsSelected(mesh, gateway.spec.selector, null).find(
    ({ namespace, podLabels }) =>
      ![mesh.settings.rootNamespace, namespace].some((owner) =>
        selectors.get(owner)?.some((selector) => selects(selector, podLabels)),
      ),
  );
}

/** Selectors of RequestAuthentications by namespace; those of the root namespace hold everywhere. */
function authenticatedPods(mesh: Mesh): ReadonlyMap<string, readonly Labels[]> {
  const byNamespace = new Map<string, Labels[]>();
  for (const { kind, namespace, spec } of mesh.others) {
    if (kind !== "RequestAuthentication") continue;
    const selector = isObject(spec.selector) ? stringEntries(spec.selector.matchLabels) : {};
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), selector]);
  }
  return byNamespace;
}
