import type { Path } from "../manifest/source.ts";
import { scopesOf } from "../mesh/object.ts";
import { compareText } from "../mesh/visibility.ts";
import type { Certainty, Leg, Responsible, Shift } from "./change.ts";
import type { ChangedClass } from "./classes/changed-classes.ts";
import type { Answer } from "./classes/rule-lists.ts";
import type { Side } from "./classes/sides.ts";
import { routeName } from "./describe-route.ts";
import type { ActionKind } from "./effective/action.ts";
import { canonicalJson } from "./effective/canonical.ts";
import type { EffectiveRoute } from "./effective/table.ts";
import { largestShare, type PlacedLeg, pointsMoved, sameShares } from "./shifts-legs.ts";

/** A shift, and everywhere it was seen. */
interface Draft {
  shift: Shift;
  readonly speaker: EffectiveRoute;
  readonly hosts: Set<string>;
  readonly gateways: Set<string>;
  readonly classes: Set<string>;
}

/**
 * The shifts among the changed classes: one for each edit, however many matches, hosts and gateways it reaches; those of
 * one object in the order of its routes.
 */
export function shiftsOf(classes: readonly ChangedClass[]): Shift[] {
  const drafts = new Map<string, Draft>();
  for (const changed of [...classes].sort(byMatch)) {
    const speaker = speakerOf(changed);
    const shift = speaker === null ? null : shiftOf(changed, speaker);
    if (speaker === null || shift === null) continue;
    const key = keyOf(shift, speaker);
    const draft = drafts.get(key) ?? newDraft(shift, speaker);
    drafts.set(key, draft);
    draft.shift = clearer(draft.shift, shift);
    draft.hosts.add(shift.host);
    draft.gateways.add(shift.gateway);
    draft.classes.add(shift.class);
  }
  return [...drafts.values()].sort(byPlace).map(finished);
}

function newDraft(shift: Shift, speaker: EffectiveRoute): Draft {
  return { shift, speaker, hosts: new Set(), gateways: new Set(), classes: new Set() };
}

/** A description that names more alternatives than this is no help to anybody. */
const mostAlternatives = 6;

function finished({ shift, hosts, gateways, classes }: Draft): Shift {
  const named = [...classes].slice(0, mostAlternatives);
  const more = classes.size - named.length;
  const text = [...named, ...(more > 0 ? [`${more} more`] : [])].join("; or ");
  return {
    ...shift,
    host: [...hosts].join(", "),
    gateway: [...gateways].join(", "),
    class: text,
    routing: canonicalJson([shift.protocol, text, shift.routing]),
  };
}

/** One route before and one after, with one outcome each: one edit. */
function keyOf({ kind, protocol, before, after, base, head }: Shift, speaker: EffectiveRoute): string {
  const { scope, id } = speaker.origin.entry.object;
  return JSON.stringify([
    scope,
    id,
    kind,
    protocol,
    base?.object,
    base?.route,
    head?.object,
    head?.route,
    before,
    after,
  ]);
}

/** The route that answers on head, or, where none does, on base; null: no VirtualService has a say. */
function speakerOf({ base, head }: ChangedClass): EffectiveRoute | null {
  return head.route ?? base.route;
}

function byMatch(a: ChangedClass, b: ChangedClass): number {
  return (speakerOf(a)?.origin.matchIndex ?? 0) - (speakerOf(b)?.origin.matchIndex ?? 0);
}

function byPlace({ speaker: { origin: a } }: Draft, { speaker: { origin: b } }: Draft): number {
  return compareText(a.entry.object.id, b.entry.object.id) || a.entry.index - b.entry.index;
}

const doubt: Record<Certainty, number> = { certain: 0, "needs-inventory": 1, undecided: 2 };

/** Of two sightings of one edit the surer one speaks: it happens at least there. */
function clearer(a: Shift, b: Shift): Shift {
  return doubt[b.certainty] < doubt[a.certainty] ? b : a;
}

function shiftOf(changed: ChangedClass, speaker: EffectiveRoute): Shift | null {
  const { base, head, before, after, context } = changed;
  if (sameShares(before, after)) return null;
  const kind = kindOf(before, after);
  return {
    kind,
    object: speaker.origin.entry.object.id,
    scopes: scopesOf(speaker.origin.entry.object),
    host: context.host,
    gateway: context.gateway,
    protocol: context.protocol,
    class: changed.text(),
    example: changed.example(),
    before: before.map((leg) => bare(leg, changed, "base")),
    after: after.map((leg) => bare(leg, changed, "head")),
    points: points(kind, before, after),
    certainty: certaintyOf(changed),
    routing: routingOf(changed),
    base: responsible(base, before),
    head: responsible(head, after),
  };
}

function bare({ destination, share }: Leg, changed: ChangedClass, side: Side): Leg {
  const fails = changed.failure(side, destination);
  return fails === null ? { destination, share } : { destination, share, fails };
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
export function certaintyOf({ base, head, isSure, needsInventory }: ChangedClass): Certainty {
  if (!isSure) return "undecided";
  if (needsInventory) return "needs-inventory";
  const objects = [base, head].map(({ route }) => route?.origin.entry.object);
  const isSame = objects[0]?.id === objects[1]?.id;
  const isPlaced = objects.every((object) => object?.namespaceOrigin !== "default");
  return isSame || isPlaced ? "certain" : "needs-inventory";
}

/** What, besides shares and class, decides where the requests go. */
function routingOf({ head: { action } }: ChangedClass): string {
  const { rewrite, mirrors, redirect, directResponse } = action;
  return canonicalJson([rewrite, mirrors, redirect, directResponse]);
}

/** What answers where no VirtualService does, in words; nobody answers otherwise. */
const unwritten: Partial<Record<ActionKind, string>> = {
  default: "default route",
  redirect: "redirect to HTTPS",
  passthrough: "passthrough",
};

function responsible({ route, action }: Answer, legs: readonly PlacedLeg[]): Responsible | null {
  if (route === null) {
    const words = unwritten[action.kind];
    return words === undefined ? null : { object: "", route: words, range: null, legRanges: [] };
  }
  const { entry } = route.origin;
  const paths = legs.flatMap(({ weightPath }) => (weightPath === undefined ? [] : [weightPath]));
  const locate = (path: Path) => entry.object.locate(path);
  let known: Pick<Responsible, "range" | "legRanges"> | undefined;
  // Finding lines means reading the document again: only for what somebody shows, and all of them while it is at hand.
  const ranges = () => {
    known ??= { range: locate(entry.path), legRanges: paths.map(locate) };
    return known;
  };
  return {
    object: entry.object.id,
    route: routeName(route),
    get range() {
      return ranges().range;
    },
    get legRanges() {
      return ranges().legRanges;
    },
  };
}
