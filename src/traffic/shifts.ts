import type { Range } from "../manifest/source.ts";
import type { Certainty, Leg, Responsible, Shift } from "./change.ts";
import type { ChangedClass } from "./classes/changed-classes.ts";
import type { Answer } from "./classes/rule-lists.ts";
import { routeName } from "./describe-route.ts";
import { canonicalJson } from "./effective/canonical.ts";
import {
  answeringLegs,
  largestShare,
  type OnlyPort,
  type PlacedLeg,
  pointsMoved,
  sameShares,
} from "./shifts-legs.ts";

/** The shifts among the changed classes: one for each edit, however many hosts and gateways it reaches. */
export function shiftsOf(classes: readonly ChangedClass[], onlyPort: OnlyPort): Shift[] {
  const drafts = new Map<string, { shift: Shift; hosts: Set<string>; gateways: Set<string> }>();
  for (const changed of classes) {
    const shift = shiftOf(changed, onlyPort);
    if (shift === null) continue;
    const { object, kind, protocol, base, head } = shift;
    const key = JSON.stringify([
      object,
      kind,
      protocol,
      shift.class,
      base?.route,
      head?.route,
      shares(shift),
    ]);
    const draft = drafts.get(key);
    if (draft === undefined) {
      drafts.set(key, { shift, hosts: new Set([shift.host]), gateways: new Set([shift.gateway]) });
    } else {
      draft.hosts.add(shift.host);
      draft.gateways.add(shift.gateway);
      draft.shift = clearer(draft.shift, shift);
    }
  }
  return [...drafts.values()].map(({ shift, hosts, gateways }) => ({
    ...shift,
    host: [...hosts].join(", "),
    gateway: [...gateways].join(", "),
  }));
}

function shares({ before, after }: Shift): string {
  return JSON.stringify(
    [before, after].map((legs) => legs.map(({ destination, share }) => [destination, share])),
  );
}

const doubt: Record<Certainty, number> = { certain: 0, "needs-inventory": 1, undecided: 2 };

/** Of two sightings of one edit the surer one speaks: it happens at least there. */
function clearer(a: Shift, b: Shift): Shift {
  return doubt[b.certainty] < doubt[a.certainty] ? b : a;
}

function shiftOf(changed: ChangedClass, onlyPort: OnlyPort): Shift | null {
  const { base, head, context } = changed;
  const [before, after] = [answeringLegs(base.action, onlyPort), answeringLegs(head.action, onlyPort)];
  const speaker = head.route ?? base.route;
  if (speaker === null || sameShares(before, after)) return null;
  const kind = kindOf(before, after);
  return {
    kind,
    object: speaker.origin.entry.object.id,
    host: context.host,
    gateway: context.gateway,
    protocol: context.protocol,
    class: changed.text,
    example: changed.example,
    before: before.map(bare),
    after: after.map(bare),
    points: points(kind, before, after),
    certainty: certaintyOf(changed),
    routing: routingOf(changed),
    base: responsible(base, before),
    head: responsible(head, after),
  };
}

function bare({ destination, share }: Leg): Leg {
  return { destination, share };
}

function kindOf(before: readonly Leg[], after: readonly Leg[]): Shift["kind"] {
  if (before.length === 0) return "introduced";
  if (after.length === 0) return "removed";
  const [whole] = before;
  const isSplit =
    before.length === 1 &&
    whole!.destination.subset === null &&
    after.every(({ destination: { host, subset } }) => subset !== null && host === whole!.destination.host);
  return isSplit ? "first-split" : "step";
}

function points(kind: Shift["kind"], before: readonly Leg[], after: readonly Leg[]): number {
  if (kind === "first-split") return pointsMoved([], after) - largestShare(after);
  return kind === "step" ? pointsMoved(before, after) : 0;
}

/** Besides what the class says of itself, Git cannot tell whether objects without a namespace meet at all. */
export function certaintyOf({ base, head, example, needsInventory }: ChangedClass): Certainty {
  if (example === null) return "undecided";
  if (needsInventory) return "needs-inventory";
  const objects = [base, head].map(({ route }) => route?.origin.entry.object);
  const isSame = objects[0]?.id === objects[1]?.id;
  const isPlaced = objects.every((object) => object?.namespaceOrigin !== "default");
  return isSame || isPlaced ? "certain" : "needs-inventory";
}

/** Everything but the shares that decides where the requests go. */
function routingOf({ context, text, head: { action } }: ChangedClass): string {
  const { rewrite, mirrors, redirect, directResponse } = action;
  return canonicalJson([context.protocol, text, rewrite, mirrors, redirect, directResponse]);
}

function responsible({ route }: Answer, legs: readonly PlacedLeg[]): Responsible | null {
  if (route === null) return { object: "", route: "default route", range: null, legRanges: [] };
  const { entry } = route.origin;
  const paths = legs.flatMap(({ weightPath }) => (weightPath === undefined ? [] : [weightPath]));
  let range: Range | undefined;
  let legRanges: readonly Range[] | undefined;
  return {
    object: entry.object.id,
    route: routeName(route),
    // Finding lines means reading the file again: only for what somebody shows.
    get range() {
      range ??= entry.object.locate(entry.path);
      return range;
    },
    get legRanges() {
      legRanges ??= paths.map((path) => entry.object.locate(path));
      return legRanges;
    },
  };
}
