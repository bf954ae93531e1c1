import * as z from "zod";
import type { Range } from "../manifest/source.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { sidesOf } from "./cluster-sides.ts";
import type { DestinationUse } from "./destination-existence.ts";
import { type Race, races } from "./destination-races.ts";
import type { Violation } from "./finding.ts";
import { fateText, type MissingDestination, missingDestinations } from "./missing-destinations.ts";
import { destinationText, routeText } from "./routes.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";

const options = z.strictObject({
  separate: z
    .array(z.enum(["added", "removed"]))
    .default([])
    .meta({
      tighter: "union",
      description:
        "What must be a change of its own, so that every proxy knows it in time: a subset that is `added` before its first use, one that is `removed` after its last.",
    }),
});
type Options = z.output<typeof options>;

export const makeBeforeBreak = defineChangeRule({
  id: "make-before-break",
  title: "Requests go to a destination that is not there",
  approval: null,
  docs: {
    what: "refuses routes to a subset or service that does not exist after the change, because it is not there yet or is removed while still in use",
    why: "a route to a missing subset or service stays in force: its share of the requests is answered with 503, and nothing falls back to another destination",
    do: "Add the subset or service first and the route to it afterwards; remove the last route first and the subset or service afterwards.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews, subset: v2 } }] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews, subset: v2 } }] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets: [{ name: v1, labels: { version: v1 } }]
`,
    },
  },
  options,
  *check(context) {
    for (const sides of sidesOf(context.base, context.head, context.touched)) {
      const missing = missingDestinations(sides);
      const destinations = Map.groupBy(missing, ({ cause, name }) => `${cause.id} ${name}`);
      for (const same of destinations.values()) yield missingViolation(same, sides.head);
      if (context.options.separate.length === 0) continue;
      for (const race of races(sides)) {
        if (context.options.separate.includes(race.kind)) yield raceViolation(race, sides.head, context);
      }
    }
  },
});

function missingViolation(same: readonly MissingDestination[], head: Mesh): Violation {
  const [worst] = [...same].sort((a, b) => b.use.share - a.use.share) as [MissingDestination];
  const { use, name, cause, reason } = worst;
  return {
    object: cause.id,
    subject: name,
    range: rangeOf(cause, use, head),
    message: `${fateText(use, worst.callers)}${reasonText(worst)}${usersText(same)}`,
    ...(reason === "removed" ? { before: "exists" } : {}),
    after: "missing",
    fix: fixOf(worst),
    certainty: worst.certainty,
    measure: use.share,
    evidence: JSON.stringify(
      same.map(({ use: { route, share } }) => [route.entry.object.id, route.requests, share]),
    ),
  };
}

function reasonText({ name, reason, cause }: MissingDestination): string {
  switch (reason) {
    case "not-in-git":
      return ` unless ${name} exists elsewhere: Git does not show it`;
    case "removed":
      return `: ${name} is removed while it is still used`;
    case "hidden":
      return `: ${cause.id} hides ${name}, which is still used`;
    case "not-there-yet":
      return `: ${name} does not exist`;
  }
}

/** The routes that fail, where the finding is not about the only one of them. */
function usersText([first, ...others]: readonly MissingDestination[]): string {
  const { use, cause } = first!;
  const { object } = use.route.entry;
  if (others.length === 0 && object.id === cause.id) return "";
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return ` (${object.id} ${routeText(use.route)}${more})`;
}

function fixOf({ reason, use, cause }: MissingDestination): string {
  if (reason === "hidden")
    return `define subset ${use.subset} in ${cause.id} as well: its callers look nowhere else`;
  if (reason === "removed")
    return `keep it until no route goes there; merge the change of ${use.route.entry.object.id} first`;
  if (reason === "not-in-git") return "add it first, or name the repository that holds it";
  return use.subset === null
    ? "add the service first, and the route in a later change"
    : `add subset ${use.subset} to the DestinationRule first, and the route in a later change`;
}

function raceViolation({ kind, use, rule }: Race, head: Mesh, { limit }: ChangeContext<Options>): Violation {
  const name = destinationText(use);
  const route = use.route.entry.object;
  return {
    object: kind === "added" ? route.id : rule.id,
    subject: `${name} ${kind}`,
    range: rangeOf(kind === "added" ? route : rule, use, head),
    message:
      kind === "added"
        ? `${fateText(use, [])} until every proxy knows ${name}, which is added together with its first route`
        : `${fateText(use, [])} wherever a proxy learns first that ${name} is gone: it is removed together with its last route`,
    fix:
      kind === "added"
        ? `merge the change of ${rule.id} first, or give it a lower argocd.argoproj.io/sync-wave`
        : `merge the change of ${route.id} first, or give it a lower argocd.argoproj.io/sync-wave`,
    certainty: "certain",
    measure: use.share,
    limit: limit("separate"),
  };
}

/** Where the cause stands on head; what is gone from there is shown at the route that misses it. */
function rangeOf(cause: MeshObject<unknown>, { route, path }: DestinationUse, head: Mesh): Range {
  const isSame = (object: MeshObject<unknown>) => (other: MeshObject<unknown>) =>
    other.id === object.id && other.scope === object.scope;
  const rule = head.destinationRules.find(isSame(cause));
  if (rule) return rule.locate(["spec", "subsets"], "key");
  const { object } = route.entry;
  const service = head.virtualServices.find(isSame(object));
  return service && service !== object ? service.locate(["spec"], "key") : object.locate(path);
}
