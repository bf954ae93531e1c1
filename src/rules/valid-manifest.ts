import * as z from "zod";
import type { MeshObject } from "../mesh/object.ts";
import { pathText, type Violation as Refusal } from "../mesh/validity/violation.ts";
import type { Violation } from "./finding.ts";
import { validityOf } from "./references/validity-of.ts";
import { defineStateRule } from "./rule.ts";

const options = z.strictObject({});

export const validManifest = defineStateRule({
  id: "valid-manifest",
  title: "The cluster would not take this manifest",
  approval: null,
  docs: {
    what: "refuses objects that the Kubernetes API server or Istio's validating webhook would refuse",
    why: "what is merged and refused is never applied, and a field at the wrong level is dropped in silence by older tools: either way the mesh does not do what Git says",
    do: "Correct the field that the message names; `sluice validate` says the same for any file.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: reviews }
          timeout: 5s
`,
    },
  },
  options,
  *check({ mesh, touched }) {
    const { virtualServices, destinationRules, gateways, serviceEntries, sidecars, refused } = mesh;
    const objects: readonly (readonly MeshObject<unknown>[])[] = [
      virtualServices,
      destinationRules,
      gateways,
      serviceEntries,
      sidecars,
      refused.map(({ object }) => object),
    ];
    for (const object of objects.flat()) if (touched.has(object.id)) yield* refusalsOf(object);
  },
});

function refusalsOf(object: MeshObject<unknown>): Violation[] {
  return validityOf(object).refusals.map((refusal) => ({
    object: object.id,
    subject: subjectOf(refusal),
    range: object.locate(refusal.path, refusal.code === "unknown-field" ? "key" : "value"),
    message: refusal.message,
    fix: refusal.fix ?? "correct it, or leave it out",
    certainty: "certain",
  }));
}

/** The field and what is wrong with it, without list indexes: a rule inserted above is no new mistake. */
function subjectOf({ code, path, message }: Refusal): string {
  return `${code} ${pathText(path.filter((part) => typeof part === "string"))} ${message}`;
}
