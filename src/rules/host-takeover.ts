import * as z from "zod";
import type { MeshObject } from "../mesh/object.ts";
import { pairWorlds } from "../mesh/worlds.ts";
import type { Violation } from "./finding.ts";
import { type Claim, hostClaims } from "./host-claims.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { serviceClaims } from "./service-claims.ts";

const options = z.strictObject({
  ownerLabel: z.string().min(1).optional().meta({
    tighter: "fixed",
    description: "Label that names an object's owner. Without it an object belongs to its namespace.",
  }),
  mayClaim: z.array(z.string()).default(["istio-system"]).meta({
    tighter: "intersection",
    description: "Owners who may claim anybody's hosts, such as the team that runs the mesh.",
  }),
});
type Options = z.output<typeof options>;

export const hostTakeover = defineChangeRule({
  id: "host-takeover",
  title: "Requests are taken from somebody else",
  approval: null,
  docs: {
    what: "finds new or changed VirtualServices, Gateways and ServiceEntries that claim requests which another owner's object answered",
    why: "routes of one host are joined at a gateway and the more specific host wins everywhere, so one team can take another's requests without touching a file of theirs",
    do: "Agree with the owner, who can give the host up or delegate these paths, or claim only hosts of your own.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: all, namespace: shop }
spec:
  hosts: ["*.example.com"]
  gateways: [istio-system/public]
  http:
    - route: [{ destination: { host: shop } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: all, namespace: shop }
spec:
  hosts: ["*.example.com"]
  gateways: [istio-system/public]
  http:
    - route: [{ destination: { host: shop } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: beta, namespace: beta }
spec:
  hosts: [pay.example.com]
  gateways: [istio-system/public]
  http:
    - match: [{ uri: { prefix: /beta } }]
      route: [{ destination: { host: beta } }]
`,
    },
  },
  options,
  *check(context) {
    const { base, head, touched, traffic } = context;
    const claims = [
      ...hostClaims({ base, head, touched, traffic }),
      ...pairWorlds(base, head).flatMap((pair) => serviceClaims({ ...pair, touched })),
    ];
    for (const claim of claims) if (isForeign(claim, context)) yield violation(claim, context);
  },
});

/** Whether the requests change hands, and the claimer may not claim everything. */
function isForeign({ claimer, victim, answering }: Claim, { options }: ChangeContext<Options>): boolean {
  const own = ownerOf(victim, options);
  const others = [claimer, answering ?? claimer].map((object) => ownerOf(object, options));
  return !others.includes(own) && !options.mayClaim.includes(others[0]!);
}

function ownerOf({ labels, namespace }: MeshObject<unknown>, { ownerLabel }: Options): string {
  return (ownerLabel === undefined ? undefined : labels[ownerLabel]) ?? namespace;
}

function violation(claim: Claim, context: ChangeContext<Options>): Violation {
  const { claimer, victim, host, where, certainty, evidence } = claim;
  const { options, limit } = context;
  return {
    object: claimer.id,
    subject: `${host} ${where} from ${victim.id}`,
    range: claim.range,
    message: `takes ${whatText(claim)} ${where} from ${victim.id}, which belongs to ${ownerOf(victim, options)}${lostText(claim)}`,
    before: victim.id,
    after: claimer.id,
    fix: fixOf(claim),
    certainty,
    limit: limit(options.ownerLabel === undefined ? "mayClaim" : "ownerLabel"),
    evidence,
  };
}

/** A host that is claimed more specifically takes along every path of the wildcard, listed or not. */
function whatText({ requests: [first = "every request", ...others], host, from }: Claim): string {
  if (from !== null) return `all of ${host} out of ${from}`;
  return `${first}${others.length > 0 ? ` and ${others.length} more kinds of requests` : ""} to ${host}`;
}

function lostText({ lost: [first, ...others] }: Claim): string {
  if (first === undefined) return "";
  return `; no longer answered: ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

function fixOf({ claimer, victim, host }: Claim): string {
  return victim.kind === "VirtualService" && claimer.kind === "VirtualService"
    ? `let ${victim.id} delegate these paths to ${claimer.id}, or give up ${host} there in the same change`
    : `leave ${host} to ${victim.id}, or let its owner make this change`;
}
