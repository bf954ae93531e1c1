import * as z from "zod";
import type { Range } from "../manifest/source.ts";
import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import { egressScope } from "../mesh/sidecar.ts";
import { pairWorlds, type WorldPair } from "../mesh/worlds.ts";
import {
  coveredBy,
  type EgressReach,
  egressReach,
  gainedHosts,
  qualifiedEgressHost,
} from "../traffic/egress-reach.ts";
import { changedObjects, type ObjectPair } from "../traffic/settings-objects.ts";
import type { Violation } from "./finding.ts";
import { egressText, neededEgress, neededHosts } from "./needed-egress.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { isForbidden } from "./sidecar-egress-scope.ts";

const options = z.strictObject({
  allow: z.array(z.string()).default(["./*", "istio-system/*"]).meta({
    tighter: "intersection",
    description: "Egress hosts that a Sidecar may begin to import freely.",
  }),
});
type Options = z.output<typeof options>;

export const egressWidened = defineChangeRule({
  id: "egress-widened",
  title: "Workloads reach more than before",
  approval: null,
  docs: {
    what: "speaks when a change lets workloads reach hosts that their Sidecar kept from them, and says which list would do",
    why: "a wider Sidecar is how one namespace comes to depend on another without either knowing, and the way out that whoever breaks into a workload looks for first",
    do: "Import only the hosts that the workloads call; the finding lists those that Git shows. What `sidecar-egress-scope` refuses is told by that rule.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress:
    - hosts: ["./*", "istio-system/*"]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress:
    - hosts: ["./*", "istio-system/*", "billing/*"]
`,
    },
  },
  options,
  *check(context) {
    for (const world of pairWorlds(context.base, context.head)) {
      for (const pair of changedObjects(world.base.sidecars, world.head.sidecars)) {
        const audience = audienceOf(pair, world);
        const told = forbiddenElsewhere(pair, context);
        const steps = audience.workloads.map((workloads) => stepOf(workloads, told, world, context));
        // Where a Sidecar is for many namespaces, the first one that gains speaks for all.
        const wider = steps.find(({ gained }) => gained.length > 0);
        if (wider) yield widened(pair, audience, wider, world, context);
        const opened = steps.find(isOpened);
        if (opened) yield withUnknownHosts(pair, audience, opened);
      }
    }
  },
});

/** Workloads that a Sidecar is for, or was. */
interface Workloads {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Audience {
  readonly text: string;
  readonly workloads: readonly Workloads[];
}

function audienceOf({ base, head }: ObjectPair<Sidecar>, world: WorldPair): Audience {
  const { namespace, spec } = (head ?? base)!;
  const labels = spec.workloadSelector?.labels ?? {};
  if (spec.workloadSelector || namespace !== world.head.settings.rootNamespace) {
    const selector = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    const text =
      selector.length === 0 ? `namespace ${namespace}` : `${selector.sort().join(",")} in ${namespace}`;
    return { text, workloads: [{ namespace, labels }] };
  }
  const { workloads, services, virtualServices } = world.head;
  const all = new Set([workloads, services, virtualServices].flat().map((object) => object.namespace));
  return {
    text: "every namespace without a Sidecar of its own",
    workloads: [...all].sort().map((name) => ({ namespace: name, labels: {} })),
  };
}

/** What `sidecar-egress-scope` refuses of a Sidecar as it stands: once is enough. */
function forbiddenElsewhere(
  { head }: ObjectPair<Sidecar>,
  context: ChangeContext<Options>,
): readonly string[] {
  const forbidden = context.settingOf("sidecar-egress-scope")?.options.forbid;
  return head && Array.isArray(forbidden) ? forbidden : [];
}

/** What a change means to some workloads. */
interface Step {
  readonly workloads: Workloads;
  readonly before: EgressReach;
  readonly after: EgressReach;
  /** Egress hosts that they reach now, less those that policy allows. */
  readonly gained: readonly string[];
}

function stepOf(
  workloads: Workloads,
  told: readonly string[],
  world: WorldPair,
  context: ChangeContext<Options>,
): Step {
  const { namespace, labels } = workloads;
  const before = egressReach(world.base, namespace, labels);
  const after = egressReach(world.head, namespace, labels);
  // What the namespace's own routes lead to is needed, and no news.
  const allowed = [...context.options.allow, ...neededHosts(world.head, namespace)].map((host) =>
    qualifiedEgressHost(host, namespace),
  );
  const gained = gainedHosts(before, after).filter(
    (host) => !coveredBy(allowed, host) && !isForbidden(host, told, world.head.settings),
  );
  return { workloads, before, after, gained };
}

function widened(
  pair: ObjectPair<Sidecar>,
  { text }: Audience,
  { workloads, before, gained }: Step,
  world: WorldPair,
  { limit }: ChangeContext<Options>,
): Violation {
  const services = newServices(workloads, world);
  const more = services.length > 3 ? ` and ${services.length - 3} more` : "";
  const shown = services.length === 0 ? "" : `: ${services.slice(0, 3).join(", ")}${more}`;
  return {
    object: (pair.head ?? pair.base)!.id,
    subject: `egress of ${text}`,
    range: place(pair, "egress"),
    message: `${text} may now call ${egressText(gained)}${shown}`,
    before: before.hosts.join(", ") || "nothing",
    after: gained.join(", "),
    fix: `import what is called; by what Git shows these hosts would do: ${egressText(neededEgress(world.head, workloads.namespace))}`,
    certainty: "certain",
    measure: services.length,
    limit: limit("allow"),
  };
}

/** Services that Git shows and that became reachable, whichever way. */
function newServices({ namespace, labels }: Workloads, { base, head }: WorldPair): readonly string[] {
  const reachable = (mesh: Mesh) => new Set(egressScope(mesh, namespace, labels).services.keys());
  return [...reachable(head).difference(reachable(base))].sort();
}

const isOpened = ({ before, after }: Step): boolean =>
  before.unknownHosts === "REGISTRY_ONLY" && after.unknownHosts === "ALLOW_ANY";

function withUnknownHosts(pair: ObjectPair<Sidecar>, { text }: Audience, { before, after }: Step): Violation {
  return {
    object: (pair.head ?? pair.base)!.id,
    subject: `unknown hosts of ${text}`,
    range: place(pair, "outboundTrafficPolicy"),
    message: `${text} may now call hosts that the mesh does not know`,
    before: before.unknownHosts,
    after: after.unknownHosts,
    fix: "keep `outboundTrafficPolicy.mode: REGISTRY_ONLY`, and add a ServiceEntry for each host that is called",
    certainty: "certain",
  };
}

/** The field on head; where the Sidecar is gone, what it said on base. */
function place({ base, head }: ObjectPair<Sidecar>, field: keyof Sidecar): Range {
  return (head ?? base)!.locate(["spec", field], "key");
}
