import { defineAnalysis, type Statement } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { type Delegation, delegations, isExportedTo } from "./references/delegates.ts";

export const delegateNotFound = defineAnalysis({
  id: "delegate-not-found",
  title: "A route is delegated to a VirtualService that cannot take it",
  level: "error",
  docs: {
    what: "finds `delegate` references to a VirtualService that is missing, is not exported to the root, or has hosts of its own",
    why: "such a route is dropped without a word, and its requests go to whichever route comes next, or get 404",
    do: "Name a VirtualService without `hosts`, and export it to the root's namespace.",
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
      delegate: { name: cart, namespace: cart }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: cart }
spec:
  exportTo: ["."]
  http:
    - route:
        - destination: { host: cart }
`,
    },
  },
  *check({ mesh }) {
    for (const delegation of delegations(mesh)) {
      const { root, index, name } = delegation;
      const flaw = flawOf(delegation);
      if (flaw) {
        yield {
          object: root,
          path: ["spec", "http", index, "delegate"],
          subject: `delegate ${name}`,
          ...flaw,
        };
      }
    }
  },
});

type Flaw = Pick<Statement, "message" | "fix" | "certainty">;

/** pilot/pkg/model/virtualservice.go `mergeVirtualServicesIfNeeded`. */
function flawOf({ root, name, delegate }: Delegation): Flaw | null {
  const dropped = "so Istio drops the route";
  if (!delegate) {
    const message = `Git shows no VirtualService ${name}, without which Istio drops the route`;
    return { message, fix: `add VirtualService ${name} without hosts`, certainty: "needs-inventory" };
  }
  const certainty = meeting(root, delegate);
  if (delegate.spec.hosts?.length) {
    const message = `VirtualService ${name} has hosts of its own and is no delegate, ${dropped}`;
    return {
      message,
      fix: `remove the hosts of VirtualService ${name}, or route to it in another way`,
      certainty,
    };
  }
  if (isExportedTo(delegate, root.namespace)) return null;
  const message = `VirtualService ${name} is not exported to namespace ${root.namespace}, ${dropped}`;
  return { message, fix: `add ${root.namespace} to the exportTo of VirtualService ${name}`, certainty };
}
