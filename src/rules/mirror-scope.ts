import * as z from "zod";
import { isSubsetOf } from "../mesh/hosts.ts";
import type { Destination } from "../traffic/change.ts";
import type { Mirror } from "../traffic/effective/action.ts";
import { translateAction } from "../traffic/effective/translate-action.ts";
import type { Violation } from "./finding.ts";
import { type TouchedRoute, touchedRoutes } from "./http-routes.ts";
import { destinationText } from "./routes.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  hosts: z.array(z.string().min(1)).optional().meta({
    tighter: "intersection",
    description: "Hosts, with wildcards, that may get copies of requests. Without it any host may.",
  }),
  maxPercent: z.number().min(0).max(100).default(100).meta({
    tighter: "lower",
    description: "Most of a route's requests, in percent, that one host may get copies of.",
  }),
});
type Options = z.output<typeof options>;

export const mirrorScope = defineStateRule({
  id: "mirror-scope",
  title: "Copies of requests go too far",
  approval: null,
  docs: {
    what: "keeps mirrored requests to named hosts and a part of the traffic, and away from those who answer the requests themselves",
    why: "a copy is a real request: it writes, it costs, and it carries what callers sent; a host that gets a copy of what it answers does everything twice",
    do: "Mirror to a host or subset that serves nobody else, and begin with few percent.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: orders, namespace: prod }
spec:
  hosts: [orders]
  http:
    - route: [{ destination: { host: orders } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: orders, namespace: prod }
spec:
  hosts: [orders]
  http:
    - route: [{ destination: { host: orders } }]
      mirror: { host: orders }
`,
    },
  },
  options,
  *check(context) {
    for (const route of touchedRoutes(context)) {
      if (!route.route.mirror && !route.route.mirrors) continue;
      const { namespace } = route.service.object;
      const naming = { namespace, clusterDomain: route.mesh.settings.clusterDomain };
      const { mirrors, legs } = translateAction(route.route, naming, [], false);
      const serving = legs.map(({ destination }) => destination);
      for (const same of Map.groupBy(mirrors, ({ destination }) => destinationText(destination)).values()) {
        yield* judge(route, same, serving, context);
      }
    }
  },
});

/** @param same mirrors of one route to one destination: their copies add up. */
function* judge(
  route: TouchedRoute,
  same: readonly Mirror[],
  serving: readonly Destination[],
  { options: { hosts, maxPercent }, limit }: StateContext<Options>,
): Generator<Violation> {
  const { destination } = same[0]!;
  const share = same.reduce((sum, mirror) => sum + mirror.percent, 0);
  const name = destinationText(destination);
  const about = (what: string) => ({
    object: route.object,
    subject: `mirror to ${name} ${what}: ${route.subject}`,
    range: route.locate(route.route.mirror ? "mirror" : "mirrors"),
    after: `${share} % to ${name}`,
    certainty: "certain" as const,
  });
  if (hosts && !hosts.some((pattern) => isSubsetOf(destination.host, pattern))) {
    yield {
      ...about("is not named"),
      message: `${route.name} mirrors to ${name}; copies may go to ${hosts.join(", ") || "nobody"} alone`,
      fix: "mirror to a host that policy names, or have it named there",
      limit: limit("hosts"),
    };
  }
  if (share > maxPercent) {
    yield {
      ...about("gets too many"),
      message: `${route.name} mirrors ${share} % of its requests to ${name}; at most ${maxPercent} %`,
      fix: `mirror ${maxPercent} % at most: without a percentage it is all of them`,
      measure: share,
      limit: limit("maxPercent"),
    };
  }
  if (serving.some((own) => isSamePlace(destination, own))) {
    yield {
      ...about("serves already"),
      message: `${route.name} mirrors ${share} % of its requests to ${name}, which answers them as well and gets them twice`,
      fix: "mirror to a host or subset that answers nobody, or take the mirror away",
      measure: share,
    };
  }
}

/** Copies for a whole service reach its every subset. */
function isSamePlace(mirror: Destination, own: Destination): boolean {
  return mirror.host === own.host && (mirror.subset === null || mirror.subset === own.subset);
}
