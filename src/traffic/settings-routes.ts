import type { Mesh } from "../mesh/object.ts";
import type { Change } from "./change.ts";
import type { ChangedClass } from "./classes/changed-classes.ts";
import {
  durationText,
  faultText,
  longestWait,
  mirrorsText,
  redirectText,
  retriesText,
  rewriteText,
} from "./describe-action.ts";
import type { RouteAction } from "./effective/action.ts";
import { placeOf } from "./settings-places.ts";
import { certaintyOf } from "./shifts.ts";

type Direction = Change["direction"];

/** One thing that a route does to requests besides sending them somewhere. */
interface RouteSetting {
  readonly kind: string;
  /** The field of the entry that states it. */
  readonly field: string;
  /** What it is called where it is no field of its own: field and words together make `http[1] longest wait`. */
  readonly words?: string;
  /** What decides it: the same value, the same effect. */
  value(action: RouteAction): unknown;
  /** Equal exactly when the effect is; what people read. */
  text(action: RouteAction): string;
  direction(before: RouteAction, after: RouteAction): Direction;
}

const other = (): Direction => "other";

/** More of it, or no bound at all (null), is looser. */
function moreIsLooser(measure: (action: RouteAction) => number | null): RouteSetting["direction"] {
  return (before, after) => {
    const [a, b] = [measure(before) ?? Number.POSITIVE_INFINITY, measure(after) ?? Number.POSITIVE_INFINITY];
    return b > a ? "looser" : b < a ? "tighter" : "other";
  };
}

const waitText = (wait: number | null, none: string): string => (wait === null ? none : durationText(wait));

const anyAnswer: readonly RouteSetting[] = [
  {
    kind: "fault",
    field: "fault",
    value: ({ fault }) => fault,
    text: ({ fault }) => faultText(fault),
    direction: other,
  },
  { kind: "headers", field: "headers", value: headersText, text: headersText, direction: other },
  {
    kind: "cors",
    field: "corsPolicy",
    value: ({ cors }) => cors,
    text: ({ cors }) => cors || "none",
    direction: other,
  },
];

const forwarding: readonly RouteSetting[] = [
  {
    kind: "timeout",
    field: "timeout",
    value: ({ timeoutMs }) => timeoutMs,
    text: ({ timeoutMs }) => waitText(timeoutMs, "none"),
    direction: moreIsLooser(({ timeoutMs }) => timeoutMs),
  },
  {
    kind: "retries",
    field: "retries",
    value: ({ retries }) => retries,
    text: ({ retries }) => retriesText(retries),
    direction: moreIsLooser(({ retries }) => retries?.attempts ?? 0),
  },
  {
    kind: "longestWait",
    field: "timeout",
    words: "longest wait",
    value: longestWait,
    text: (action) => waitText(longestWait(action), "unbounded"),
    direction: moreIsLooser(longestWait),
  },
  {
    kind: "mirror",
    field: "mirrors",
    value: ({ mirrors }) => mirrors,
    text: ({ mirrors }) => mirrorsText(mirrors),
    direction: other,
  },
  {
    kind: "rewrite",
    field: "rewrite",
    value: ({ rewrite }) => rewrite,
    text: ({ rewrite }) => rewriteText(rewrite),
    direction: other,
  },
  ...anyAnswer,
];

const redirecting: readonly RouteSetting[] = [
  {
    kind: "redirect",
    field: "redirect",
    value: ({ redirect }) => redirect,
    text: ({ redirect }) => redirectText(redirect),
    direction: other,
  },
  ...anyAnswer,
];

const responding: readonly RouteSetting[] = [
  {
    kind: "directResponse",
    field: "directResponse",
    value: ({ directResponse }) => directResponse,
    text: ({ directResponse }) => `${directResponse?.status} ${JSON.stringify(directResponse?.body ?? "")}`,
    direction: other,
  },
  ...anyAnswer,
];

/** Header operations of the route, and of each leg where it has its own. */
function headersText({ headers, legs }: RouteAction): string {
  const own = legs.flatMap(({ destination: { subset, host, headers: text } }) =>
    text === "" ? [] : [`${subset ?? host}: ${text}`],
  );
  return [...(headers === "" ? [] : [headers]), ...own].join("; ") || "none";
}

function settingsFor(before: RouteAction, after: RouteAction): readonly RouteSetting[] {
  const forwards = ({ kind }: RouteAction) => kind === "route" || kind === "default";
  if (forwards(before) && forwards(after)) return forwarding;
  if (before.kind !== after.kind) return [];
  if (before.kind === "redirect") return redirecting;
  return before.kind === "direct-response" ? responding : [];
}

/** What else the changed classes meet: timeouts, retries, faults, mirrors, …; once for each route and pair of values. */
export function routeChanges(classes: readonly ChangedClass[], head: Mesh): Change[] {
  const changes = new Map<string, Change>();
  for (const changed of classes) {
    const { base, head: after } = changed;
    const settings = settingsFor(base.action, after.action);
    for (const setting of settings) {
      if (setting.value(base.action) === setting.value(after.action)) continue;
      const [from, to] = [setting.text(base.action), setting.text(after.action)];
      if (from === to || isImplied(setting, base.action, after.action)) continue;
      const place = placeOf(changed, setting.field, head);
      if (place === null) continue;
      const key = JSON.stringify([setting.kind, place.scopes, place.object, place.path, from, to]);
      if (changes.has(key)) continue;
      changes.set(key, {
        kind: setting.kind,
        object: place.object,
        scopes: place.scopes,
        path: setting.words ? place.path.replace(/\.[^.]+$/, ` ${setting.words}`) : place.path,
        subject: place.subject,
        before: from,
        after: to,
        direction: setting.direction(base.action, after.action),
        certainty: certaintyOf(changed),
        get range() {
          return place.range;
        },
      });
    }
  }
  return [...changes.values()];
}

/** With a timeout and no injected delay the longest wait is the timeout itself: no news. */
function isImplied({ kind }: RouteSetting, before: RouteAction, after: RouteAction): boolean {
  if (kind !== "longestWait" || before.timeoutMs === after.timeoutMs) return false;
  return [before, after].every((action) => longestWait(action) === action.timeoutMs);
}
