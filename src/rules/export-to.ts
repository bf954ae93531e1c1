import * as z from "zod";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { Violation } from "./finding.ts";
import { matchesAny } from "./glob.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const kinds = ["VirtualService", "DestinationRule", "ServiceEntry"] as const;

const options = z.strictObject({
  kinds: z
    .array(z.enum(kinds))
    .default([...kinds])
    .meta({ tighter: "union", description: "Kinds that must say who may see them." }),
  allow: z.array(z.string().min(1)).default(["."]).meta({
    tighter: "intersection",
    description: "Allowed entries: `.` for the own namespace, globs of others.",
  }),
});
type Options = z.output<typeof options>;

export const exportTo = defineStateRule({
  id: "export-to",
  title: "An object is visible to namespaces that need not know it",
  approval: null,
  docs: {
    what: "requires `exportTo` to name the namespaces that policy allows, instead of showing an object to the whole mesh",
    why: "without exportTo every proxy of the mesh learns the object, and a host or a route that one team writes may answer the callers of all",
    do: 'Set `exportTo: ["."]`, or name the namespaces that call.',
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments, namespace: prod }
spec:
  hosts: [api.payments.example]
  exportTo: ["."]
  resolution: DNS
  ports: [{ number: 443, name: tls, protocol: TLS }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments, namespace: prod }
spec:
  hosts: [api.payments.example]
  resolution: DNS
  ports: [{ number: 443, name: tls, protocol: TLS }]
`,
    },
  },
  options,
  *check(context) {
    for (const object of governed(context)) {
      const excess = excessOf(object, context.options.allow);
      if (excess.length > 0) yield violation(object, excess, context);
    }
  },
});

type Exported = MeshObject<{ readonly exportTo?: readonly string[] }>;

function governed({ mesh, touched, options }: StateContext<Options>): readonly Exported[] {
  const lists: Readonly<Record<(typeof kinds)[number], (mesh: Mesh) => readonly Exported[]>> = {
    // A delegate is seen by the VirtualServices that name it, and a rule for some pods by their namespace alone.
    VirtualService: ({ virtualServices }) => virtualServices.filter(({ spec }) => spec.hosts?.length),
    DestinationRule: ({ destinationRules }) => destinationRules.filter(({ spec }) => !spec.workloadSelector),
    ServiceEntry: ({ serviceEntries }) => serviceEntries,
  };
  return options.kinds.flatMap((kind) => lists[kind](mesh)).filter(({ id }) => touched.has(id));
}

/** Entries that policy does not allow; nothing and an empty list mean the whole mesh, `~` nobody. */
function excessOf({ spec, namespace }: Exported, allow: readonly string[]): readonly string[] {
  const entries = spec.exportTo?.length ? spec.exportTo : ["*"];
  return entries.filter((entry) => {
    if (entry === "~") return false;
    if (entry === "*") return !allow.includes("*");
    const own = entry === "." || entry === namespace;
    return !(own && allow.includes(".")) && !matchesAny(allow, own ? namespace : entry);
  });
}

/** Larger than any number of namespaces. */
const everybody = 1_000_000;

function violation(
  object: Exported,
  excess: readonly string[],
  { options, limit }: StateContext<Options>,
): Violation {
  const whole = excess.includes("*");
  const stated = object.spec.exportTo?.length ? "" : ", for it has no exportTo";
  const allowed = options.allow.map((entry) => `\`${entry}\``).join(", ");
  return {
    object: object.id,
    subject: "exportTo",
    range: object.locate(["spec", "exportTo"], "key"),
    message: whole ? `it is visible to the whole mesh${stated}` : `it is visible to ${excess.join(", ")}`,
    after: whole ? "*" : excess.join(", "),
    fix: `write \`exportTo: ["."]\`, or the namespaces that call; allowed are ${allowed || "none"}`,
    certainty: "certain",
    measure: whole ? everybody : excess.length,
    limit: limit("allow"),
  };
}
