import * as z from "zod";
import type { Range } from "../manifest/source.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { Certainty, UnreachableRoute } from "../traffic/change.ts";
import type { Violation } from "./finding.ts";
import { type JudgedRoute, routesOf } from "./routes.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";

const options = z.strictObject({});

export const routeShadowed = defineChangeRule({
  id: "route-shadowed",
  title: "A route gets no requests any more",
  approval: null,
  docs: {
    what: "finds routes that other routes leave no requests to, since this change: the first route that matches answers",
    why: "a route that never answers looks as if it were in force, and its requests go where other routes send them",
    do: "Move the more specific route up, or take the dead one away.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - match: [{ uri: { prefix: /api/v2 } }]
      route: [{ destination: { host: reviews-v2 } }]
    - route: [{ destination: { host: reviews } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - match: [{ uri: { prefix: /api } }]
      route: [{ destination: { host: reviews-api } }]
    - match: [{ uri: { prefix: /api/v2 } }]
      route: [{ destination: { host: reviews-v2 } }]
    - route: [{ destination: { host: reviews } }]
`,
    },
  },
  options,
  *check(context) {
    for (const dead of context.traffic.unreachable) if (dead.isNew) yield violation(dead, context);
  },
});

function violation(dead: UnreachableRoute, context: ChangeContext<object>): Violation {
  const { object, route, takenBy } = dead;
  const taker = context.touched.has(object) ? null : changedTaker(dead, context);
  const name = taker === null ? route : `${object} ${route}`;
  const requests = routeAt(context.head, object, route)?.requests ?? route;
  return {
    object: taker?.object ?? object,
    subject: `${object} ${requests}`,
    range: taker?.range ?? dead.range,
    message:
      takenBy.length === 0
        ? `${name} can never answer: its own conditions exclude each other`
        : `${name} (${requests}) gets no requests any more: ${takenBy.map((other) => withoutOwn(other, object)).join(", ")} ${takenBy.length > 1 ? "take" : "takes"} them`,
    after: "unreachable",
    fix:
      takenBy.length === 0
        ? "correct its conditions, or take it away"
        : taker
          ? `narrow the match of ${takenBy[0]}, or take the dead route away`
          : "put it before the routes that take its requests, or take it away",
    certainty: certaintyOf(dead, context.head),
    evidence: JSON.stringify(takenBy),
  };
}

/** `http[0]` within the same object, else with the object's name. */
function withoutOwn(taker: string, object: string): string {
  return taker.startsWith(`${object} `) ? taker.slice(object.length + 1) : taker;
}

/** Whose route comes first rests on creation times, which Git shows of few objects; within one object nothing is open. */
function certaintyOf({ object, route, takenBy }: UnreachableRoute, head: Mesh): Certainty {
  const own = rootOf(routeAt(head, object, route));
  const others = takenBy
    .map((taker) => rootOf(takerAt(head, taker)))
    .filter((other) => other?.id !== own?.id);
  const isDated = [own, ...others].every((root) => root?.created !== undefined);
  return others.length === 0 || isDated ? "certain" : "needs-inventory";
}

function rootOf(route: JudgedRoute | undefined): MeshObject<unknown> | undefined {
  return (route?.delegatedBy ?? route?.entry)?.object;
}

/** Who changed, where a route that was left alone gets no requests any more. */
function changedTaker(
  { takenBy }: UnreachableRoute,
  { head, touched }: ChangeContext<object>,
): { readonly object: string; readonly range: Range } | null {
  for (const taker of takenBy) {
    const { object, path } = takerAt(head, taker)?.entry ?? {};
    if (object && path && touched.has(object.id)) return { object: object.id, range: object.locate(path) };
  }
  return null;
}

/** `VirtualService/prod/reviews http[0] "api"` as a route. */
function takerAt(mesh: Mesh, taker: string): JudgedRoute | undefined {
  const space = taker.indexOf(" ");
  return routeAt(mesh, taker.slice(0, space), taker.slice(space + 1));
}

/** A route by the name under which reports know it: `http[2] "premium" match[0]`. */
function routeAt(mesh: Mesh, object: string, name: string): JudgedRoute | undefined {
  const [, protocol, index] = /^(http|tls|tcp)\[(\d+)\]/.exec(name) ?? [];
  return routesOf(mesh).find(
    (route) =>
      route.entry.object.id === object && route.protocol === protocol && route.entry.index === Number(index),
  );
}
