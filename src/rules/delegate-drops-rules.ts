import { type ResolvedVirtualService, resolveVirtualServices } from "../mesh/virtual-services.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { delegations, isExportedTo } from "./references/delegates.ts";

export const delegateDropsRules = defineAnalysis({
  id: "delegate-drops-rules",
  title: "A route of a delegate never applies",
  level: "warning",
  docs: {
    what: "finds routes of a delegate with a match that contradicts every match of the root's route",
    why: "the whole route of the delegate is dropped as soon as one of its matches contradicts the root, and nothing says so",
    do: "Let the delegate's matches narrow the root's: a prefix below the root's prefix, the same port, no regex beside another kind of match.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  http:
    - match: [{ uri: { prefix: /cart } }]
      delegate: { name: cart }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: prod }
spec:
  http:
    - match: [{ uri: { prefix: /basket } }]
      route:
        - destination: { host: cart }
`,
    },
  },
  *check({ mesh }) {
    const all = [...delegations(mesh)];
    const resolved = all.length > 0 ? resolveVirtualServices(mesh) : [];
    const byRoot = new Map(resolved.map((service) => [service.object, service]));
    for (const { root, index, delegate } of all) {
      if (!delegate || delegate.spec.hosts?.length || !isExportedTo(delegate, root.namespace)) continue;
      const kept = keptRoutes(byRoot.get(root), index);
      for (const [place, { name }] of (delegate.spec.http ?? []).entries()) {
        if (kept.has(place)) continue;
        yield {
          object: delegate,
          path: ["spec", "http", place, "match"],
          subject: `route ${name ?? place} below ${root.id} ${root.spec.http?.[index]?.name ?? index}`,
          message: `http[${place}] never applies: a match of it contradicts http[${index}] of ${root.id}, which delegates to it`,
          fix: "narrow the root's match instead of contradicting it",
          certainty: meeting(root, delegate),
        };
      }
    }
  },
});

/** Which routes of its delegate a root's route turns into. */
function keptRoutes(root: ResolvedVirtualService | undefined, index: number): ReadonlySet<number> {
  const routes = root?.http.filter(({ delegatedBy }) => delegatedBy?.index === index) ?? [];
  return new Set(routes.map(({ entry }) => entry.index));
}
