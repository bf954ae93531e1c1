import * as z from "zod";
import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh, MeshObject, Workload } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { worlds } from "../mesh/worlds.ts";
import type { Violation } from "./finding.ts";
import { matchesAny } from "./glob.ts";
import { egressText, neededEgress } from "./needed-egress.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  except: z
    .array(z.string())
    .default(["istio-*", "kube-*"])
    .meta({ tighter: "intersection", description: "Globs of namespaces that need none." }),
});
type Options = z.output<typeof options>;

export const sidecarRequired = defineStateRule({
  id: "sidecar-required",
  title: "A namespace has no Sidecar",
  approval: null,
  docs: {
    what: "requires a Sidecar without workloadSelector in every namespace that holds workloads or VirtualServices and is touched",
    why: "without one every proxy of the namespace holds the configuration of the whole mesh and may call all of it: memory, and a blast radius, that grow with everybody else's services",
    do: "Add a Sidecar to the namespace, or one for all namespaces to the root namespace.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress:
    - hosts: ["./*", "istio-system/*"]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews, namespace: prod }
spec:
  template:
    metadata: { labels: { app: reviews } }
`,
      head: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews, namespace: prod }
spec:
  template:
    metadata: { labels: { app: reviews } }
`,
    },
  },
  options,
  *check(context) {
    const { mesh, base, options } = context;
    for (const world of worlds(mesh)) {
      if (defaultSidecar(world.mesh, world.mesh.settings.rootNamespace)) continue;
      const holders = holdersByNamespace(world.mesh);
      for (const namespace of touchedNamespaces(context)) {
        const holder = holders.get(namespace);
        if (!holder || matchesAny(options.except, namespace) || defaultSidecar(world.mesh, namespace))
          continue;
        const lost = defaultSidecar(base, namespace) ?? defaultSidecar(base, mesh.settings.rootNamespace);
        yield violation(namespace, holder, lost, world.mesh, context);
      }
    }
  },
});

/** The Sidecar of a namespace that is for all of its workloads. */
function defaultSidecar(mesh: Mesh, namespace: string): MeshObject<Sidecar> | null {
  return (
    mesh.sidecars.find((sidecar) => sidecar.namespace === namespace && !sidecar.spec.workloadSelector) ?? null
  );
}

/** Namespaces of touched objects; all of them where the default of the whole mesh is touched. */
function touchedNamespaces({ mesh, base, touched }: StateContext<Options>): Iterable<string> {
  const { rootNamespace } = mesh.settings;
  const root = [mesh, base].map((side) => defaultSidecar(side, rootNamespace));
  if (root.some((sidecar) => sidecar && touched.has(sidecar.id))) return holdersByNamespace(mesh).keys();
  return new Set([...touched].map((id) => id.split("/")[1] ?? ""));
}

const holders = new WeakMap<Mesh, ReadonlyMap<string, MeshObject<unknown>>>();

/** Of each namespace one object that shows that something runs there: gateways do not count, they ignore Sidecars. */
function holdersByNamespace(mesh: Mesh): ReadonlyMap<string, MeshObject<unknown>> {
  const known = holders.get(mesh);
  if (known) return known;
  const byNamespace = new Map<string, MeshObject<unknown>>();
  const workloads = mesh.workloads.filter((workload) => !isGateway(workload, mesh));
  const services = mesh.virtualServices.filter(({ spec }) => (spec.gateways ?? ["mesh"]).includes("mesh"));
  for (const object of [...workloads, ...services]) {
    if (!byNamespace.has(object.namespace)) byNamespace.set(object.namespace, object);
  }
  holders.set(mesh, byNamespace);
  return byNamespace;
}

function isGateway({ podLabels }: Workload, { gateways }: Mesh): boolean {
  return gateways.some(
    ({ spec }) => Object.keys(spec.selector ?? {}).length > 0 && selects(spec.selector, podLabels),
  );
}

/** That Git shows no Sidecar proves nothing, for another repository may hold it; one that is removed is gone. */
function violation(
  namespace: string,
  holder: MeshObject<unknown>,
  lost: MeshObject<Sidecar> | null,
  mesh: Mesh,
  { limit }: StateContext<Options>,
): Violation {
  const needed = egressText(neededEgress(mesh, namespace));
  return {
    object: lost?.id ?? `Sidecar/${namespace}/default`,
    subject: `namespace ${namespace}`,
    range: lost ? lost.locate(["spec"], "key") : holder.locate(["metadata", "namespace"]),
    message: lost
      ? `namespace ${namespace} loses its Sidecar ${lost.name}: workloads without one of their own reach the whole mesh`
      : `Git shows no Sidecar for namespace ${namespace}`,
    after: lost ? "*/*" : "unknown",
    fix: lost
      ? `keep a Sidecar without workloadSelector; egress hosts that would do: ${needed}`
      : `add a Sidecar without workloadSelector to ${namespace}; egress hosts that would do: ${needed}`,
    certainty: lost ? "certain" : "needs-inventory",
    limit: limit("except"),
  };
}
