import * as z from "zod";
import type { Certainty } from "../traffic/change.ts";
import { type Cause, causeOf } from "./cause.ts";
import type { Violation } from "./finding.ts";
import {
  type Freeze,
  freezeAt,
  freezeWindow,
  nextFreezeAt,
  openingText,
  windowText,
} from "./freeze-windows.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { isRollback, shiftSubject } from "./stable.ts";
import { legsText } from "./weight-step.ts";

const options = z.strictObject({
  windows: z.array(freezeWindow).default([]).meta({
    tighter: "union",
    description:
      'Times in which traffic is left as it is: { from: 2026-12-20, to: 2027-01-03, zone: Europe/Berlin }, or weekly { days: [fri], from: "17:00", to: "08:00", zone: Europe/Berlin }.',
  }),
});
type Options = z.output<typeof options>;

export const changeFreeze = defineChangeRule({
  id: "change-freeze",
  title: "Traffic is frozen",
  approval: null,
  docs: {
    what: "refuses changes of live traffic in the windows that policy names; giving traffic back to the stable destination is always allowed",
    why: "on a Friday evening or in the week of the year's largest sale nobody is there to notice, or too much depends on it",
    do: "Merge when the window ends, which the message says, or ask the owners of the policy for another window.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 5s
      route: [{ destination: { host: reviews } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 30s
      route: [{ destination: { host: reviews } }]
`,
      policy: `
version: 1
rules:
  change-freeze:
    severity: block
    windows:
      - { days: [mon, tue, wed, thu, fri, sat, sun], from: "17:00", to: "08:00", zone: Europe/Berlin }
`,
    },
  },
  options,
  *check(context) {
    const effects = context.options.windows.length === 0 ? [] : effectsOf(context);
    const freeze = effects.length === 0 ? null : freezeNow(context);
    if (freeze === null) return;
    const byObject = Map.groupBy(effects, ({ cause }) => cause.object);
    for (const effects of byObject.values()) yield violation(effects, freeze, context);
  },
});

/** The freeze that is on, or null; it begins and ends by itself. */
function freezeNow({ options: { windows }, moment }: ChangeContext<Options>): Freeze | null {
  const freeze = freezeAt(windows, moment.now);
  const next = freeze ? null : nextFreezeAt(windows, moment.now);
  if (freeze) moment.await({ at: freeze.lastsUntil, what: "a freeze ends" });
  if (next !== null) moment.await({ at: next, what: "a freeze begins" });
  return freeze;
}

/** Something that callers can feel, and the object that brings it about. */
interface Effect {
  readonly cause: Cause;
  readonly text: string;
  readonly certainty: Certainty;
}

function effectsOf(context: ChangeContext<Options>): Effect[] {
  const { base, head, traffic, roles, history, touched } = context;
  const shifts = traffic.shifts
    .filter((shift) => !isRollback(shift, base, head, roles, history))
    .map((shift) => ({
      cause: causeOf(shift, context),
      text: `${shiftSubject(shift)}: ${legsText(shift.before)} → ${legsText(shift.after)}`,
      certainty: shift.certainty,
    }));
  const settings = traffic.changes.map((change) => ({
    cause: change,
    text: `${change.path}: ${change.before} → ${change.after}`,
    certainty: change.certainty,
  }));
  // What these kinds do to traffic nobody works out here: in a freeze that is a reason to wait.
  const unknown = head.others
    .filter(({ id, apiVersion }) => touched.has(id) && /^(networking|security)\.istio\.io\//.test(apiVersion))
    .map((object) => ({
      cause: { object: object.id, range: object.locate(["spec"], "key") },
      text: JSON.stringify(object.spec),
      certainty: "certain" as const,
    }));
  return [...shifts, ...settings, ...unknown];
}

function violation(effects: readonly Effect[], freeze: Freeze, { limit }: ChangeContext<Options>): Violation {
  const [{ cause }] = effects as [Effect];
  const opening = openingText(freeze);
  const why = freeze.window.reason ? ` (${freeze.window.reason})` : "";
  return {
    object: cause.object,
    subject: "change freeze",
    range: cause.range,
    message: `traffic is frozen${why} ${opening === null ? "without an end in sight" : `until ${opening}`}`,
    fix: `${opening === null ? "ask the owners of the policy" : `merge it after ${opening}`}; giving traffic back to the stable destination is possible now`,
    certainty: effects.some(({ certainty }) => certainty === "certain") ? "certain" : effects[0]!.certainty,
    limit: { value: windowText(freeze.window), source: limit("windows").source },
    ...(freeze.opensAt === null ? {} : { opensAt: freeze.opensAt }),
    evidence: JSON.stringify(effects.map(({ text }) => text).sort()),
  };
}
