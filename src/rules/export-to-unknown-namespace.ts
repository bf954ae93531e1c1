import type { MeshObject } from "../mesh/object.ts";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { defineAnalysis } from "./analysis.ts";

export const exportToUnknownNamespace = defineAnalysis({
  id: "export-to-unknown-namespace",
  title: "An object is exported to a namespace that is not there",
  level: "warning",
  docs: {
    what: "finds namespaces in `exportTo` that Git does not show, where Git shows namespaces at all",
    why: "whoever was to see the object does not, and goes on with Istio's defaults",
    do: "Correct the namespace, or add it.",
    example: {
      base: `
apiVersion: v1
kind: Namespace
metadata: { name: prod }
---
apiVersion: v1
kind: Namespace
metadata: { name: web }
`,
      head: `
apiVersion: v1
kind: Namespace
metadata: { name: prod }
---
apiVersion: v1
kind: Namespace
metadata: { name: web }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  exportTo: [wbe]
`,
    },
  },
  *check({ mesh }) {
    if (!mesh.others.some(({ kind }) => kind === "Namespace")) return;
    const exporting: readonly MeshObject<{ readonly exportTo?: readonly string[] }>[] = [
      ...mesh.virtualServices,
      ...mesh.destinationRules,
      ...mesh.serviceEntries,
    ];
    const others = mesh.others.map(({ kind, name, namespace }) => (kind === "Namespace" ? name : namespace));
    const used = [...exporting, ...mesh.services, ...mesh.workloads].map(({ namespace }) => namespace);
    const known = new Set([...others, ...used, mesh.settings.rootNamespace, ".", "*", "~"]);
    for (const object of exporting) {
      for (const [index, namespace] of (object.spec.exportTo ?? []).entries()) {
        if (known.has(namespace)) continue;
        yield {
          object,
          path: ["spec", "exportTo", index],
          subject: `exportTo ${namespace}`,
          message: `Git shows no namespace ${namespace}`,
          after: namespace,
          fix: () => {
            const meant = nearest(namespace, [...known]);
            return meant === null ? "name a namespace that exists" : `write ${meant}`;
          },
          certainty: "needs-inventory",
        };
      }
    }
  },
});
