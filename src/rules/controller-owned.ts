import * as z from "zod";
import type { Mesh } from "../mesh/object.ts";
import { pairWorlds } from "../mesh/worlds.ts";
import type { ActionLeg } from "../traffic/effective/action.ts";
import { translateLegs } from "../traffic/effective/legs.ts";
import { type Controller, controllerOf, controllers } from "./controllers.ts";
import type { Violation } from "./finding.ts";
import { type JudgedRoute, routesOf, routeText } from "./routes.ts";
import { defineStateRule, type SharedSetting, type StateContext } from "./rule.ts";
import { sharesByDestination } from "./stable.ts";
import { legsText, riseBroken, stepOptions } from "./weight-step.ts";

const options = z.strictObject({});

export const controllerOwned = defineStateRule({
  id: "controller-owned",
  title: "A controller sets these weights",
  approval: "weight",
  docs: {
    what: "refuses weights in Git that a Flagger Canary or an Argo Rollout sets, and holds their plan to the limits of `weight-step`",
    why: "the controller and Git overwrite each other, so an edit takes effect for minutes, or in the middle of a release; what counts is the plan by which the controller moves traffic",
    do: "Leave all the weight with the stable destination in Git, and change the steps of the Canary or Rollout instead.",
    example: {
      base: "",
      head: `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: reviews, namespace: prod }
spec:
  strategy:
    canary:
      stableService: reviews
      canaryService: reviews-canary
      trafficRouting:
        istio: { virtualService: { name: reviews } }
      steps:
        - setWeight: 10
        - pause: { duration: 10m }
        - setWeight: 60
`,
    },
  },
  options,
  *check(context) {
    const { base, mesh, touched } = context;
    const limits = context.settingOf("weight-step");
    for (const pair of pairWorlds(base, mesh)) {
      if (limits) {
        for (const controller of controllers(pair.head)) {
          if (touched.has(controller.object.id)) yield* planViolation(controller, limits);
        }
      }
      yield* edits(pair.base, pair.head, context);
    }
  },
});

function* planViolation({ object, stages }: Controller, limits: SharedSetting): Generator<Violation> {
  const allowed = stepOptions.parse(limits.options);
  const rises = (stages ?? []).flatMap((to, index, all) => {
    const from = all[index - 1] ?? to;
    const broken = riseBroken(from, to, allowed);
    return broken ? [{ from, to, ...broken }] : [];
  });
  const [worst] = rises.sort((a, b) => b.to - b.from - (a.to - a.from));
  if (!worst) return;
  yield {
    object: object.id,
    subject: "plan",
    range: object.locate(planPath(object.kind)),
    message: `its plan goes from ${worst.from} % to ${worst.to} % in one step; ${worst.rule}`,
    after: (stages ?? []).join(" → "),
    fix: `add a step: after ${worst.from} % comes at most ${worst.most} %`,
    certainty: "certain",
    measure: worst.to - worst.from,
    limit: limits.limit(worst.option),
  };
}

function planPath(kind: string): readonly string[] {
  return kind === "Canary" ? ["spec", "analysis"] : ["spec", "strategy", "canary", "steps"];
}

/** Weights that differ from base's, or that are new, unless they only leave everything with the stable destination. */
function* edits(base: Mesh, head: Mesh, { touched }: StateContext<object>): Generator<Violation> {
  if (controllers(head).length === 0) return;
  const before = new Map(routesOf(base).map((route) => [keyOf(route), legsOf(route, base)]));
  for (const route of routesOf(head)) {
    const { object } = route.entry;
    const controller = touched.has(object.id) ? controllerOf(head, route) : null;
    if (!controller) continue;
    const legs = legsOf(route, head);
    const known = before.get(keyOf(route)) ?? [];
    if (sharesText(known) === sharesText(legs) || isAllStable(legs, controller)) continue;
    yield editViolation(route, known, legs, controller);
  }
}

function editViolation(
  route: JudgedRoute,
  before: readonly ActionLeg[],
  after: readonly ActionLeg[],
  { object: owner, isLikely }: Controller,
): Violation {
  const { object, path } = route.entry;
  const isPlaced = [object, owner].every(({ namespaceOrigin }) => namespaceOrigin !== "default");
  return {
    object: object.id,
    subject: `weights of ${route.requests}`,
    range: object.locate(after[0]?.weightPath ?? path),
    message: `${owner.id} sets the weights of ${routeText(route)} and overwrites what Git says`,
    ...(before.length > 0 ? { before: legsText(before) } : {}),
    after: legsText(after),
    fix:
      owner.kind === "Canary"
        ? `take it out of Git: Flagger writes it from ${owner.id}, whose steps are what to change`
        : `leave all the weight with the stable destination, and change the steps of ${owner.id}`,
    certainty: isPlaced && !isLikely ? "certain" : "needs-inventory",
    evidence: JSON.stringify(owner.spec),
  };
}

function keyOf({ entry: { object }, protocol, name, requests }: JudgedRoute): string {
  return JSON.stringify([object.id, protocol, name, requests]);
}

function legsOf({ route, entry }: JudgedRoute, { settings }: Mesh): readonly ActionLeg[] {
  const naming = { namespace: entry.object.namespace, clusterDomain: settings.clusterDomain };
  return translateLegs(route.route ?? [], naming, entry.path);
}

function sharesText(legs: readonly ActionLeg[]): string {
  return JSON.stringify([...sharesByDestination(legs)].sort());
}

function isAllStable(legs: readonly ActionLeg[], { stable }: Controller): boolean {
  const [only] = legs;
  if (!only || legs.length > 1) return false;
  const { host, subset } = only.destination;
  return stable.subset === null ? host.split(".")[0] === stable.service : subset === stable.subset;
}
