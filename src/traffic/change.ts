import type { Range } from "../manifest/source.ts";
import type { Fraction } from "./fraction.ts";

/** Who answers: host as FQDN, port, subset. Legs that differ only in header operations stay apart (`headers`). */
export interface Destination {
  readonly host: string;
  readonly port: number | null;
  readonly subset: string | null;
  /** Canonical text of the leg's header operations; empty when it has none. */
  readonly headers: string;
}

/** A destination and its exact part of a request class; the shares of a class sum to 1. */
export interface Leg {
  readonly destination: Destination;
  readonly share: Fraction;
  /** Why these requests fail: Git says that the destination does not exist on this side. */
  readonly fails?: string;
}

/** One concrete request of a class. Header and query values that the class leaves open are left out. */
export interface RequestExample {
  readonly scheme: string;
  readonly method: string;
  readonly host: string;
  readonly port: number | null;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The calling workload, where the answer depends on it. */
  readonly from?: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  /** The same as a line to paste into a shell. */
  readonly curl: string;
}

/** The route that answers a class on one side: object, position for humans, and the lines that say so. */
export interface Responsible {
  readonly object: string;
  /** How the operator would find it: `http[2] "premium"`; `default route` when no VirtualService answers. */
  readonly route: string;
  readonly range: Range | null;
  /** The line of each leg's weight (or destination), in the order of the legs. */
  readonly legRanges: readonly Range[];
}

export type Certainty = "certain" | "needs-inventory" | "undecided";

/**
 * A request class whose shares differ between base and head (semantics.md "Shares, shifts, points").
 * `introduced` had no answer before, `removed` has none after; neither is a step.
 */
export interface Shift {
  readonly kind: "step" | "first-split" | "introduced" | "removed";
  /** The object that answers on head, else on base: `VirtualService/prod/reviews`. */
  readonly object: string;
  /** What applies the object: the repository (`""`), or the directories of overlays. */
  readonly scopes: readonly string[];
  readonly host: string;
  /** `mesh`, or the Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly protocol: "http" | "tls" | "tcp";
  /** The class in the operator's own matchers: `path /api/* and header user-tier = premium`. */
  readonly class: string;
  readonly example: RequestExample | null;
  readonly before: readonly Leg[];
  readonly after: readonly Leg[];
  /** Σ max(0, after − before) in percent, 0–100; a first split counts 100 − the largest share. */
  readonly points: number;
  readonly certainty: Certainty;
  /** Canonical text of everything but the shares that decides where the requests go on head: predicate, rewrite, mirrors. */
  readonly routing: string;
  readonly base: Responsible | null;
  readonly head: Responsible | null;
}

/** A setting, other than shares, that callers can feel: a timeout, retries, outlierDetection, egress, TLS, … */
export interface Change {
  readonly kind: string;
  /** `Kind/namespace/name`. */
  readonly object: string;
  /** What applies the object: the repository (`""`), or the directories of overlays. */
  readonly scopes: readonly string[];
  /** What inside the object, for humans: `http[0].timeout`, `subset canary`. */
  readonly path: string;
  /** The same by meaning and never by index: the matchers of the route. Absent where the path says it. */
  readonly subject?: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly direction: "looser" | "tighter" | "other";
  readonly certainty: Certainty;
  readonly range: Range;
}

/** A route of head that answers no request. */
export interface UnreachableRoute {
  /** `Kind/namespace/name`. */
  readonly object: string;
  /** The route as `Responsible` names it, with its match where it has several. */
  readonly route: string;
  readonly range: Range;
  /** The routes that answer in its place; empty: its own conditions can never hold together. */
  readonly takenBy: readonly string[];
  /** Base did not have it, or it answered there. */
  readonly isNew: boolean;
}

/** A destination that head still sends requests to although it does not exist there: they fail. */
export interface BrokenDestination {
  /** The object that sends requests there: `Kind/namespace/name`. */
  readonly object: string;
  readonly route: string;
  /** The leg on head. */
  readonly range: Range;
  readonly destination: Destination;
  readonly missing: "host" | "subset";
  /** Base had no such failure. */
  readonly isNew: boolean;
}

/** What happens to live traffic between two states of the mesh. */
export interface TrafficChange {
  readonly shifts: readonly Shift[];
  readonly changes: readonly Change[];
  readonly unreachable: readonly UnreachableRoute[];
  readonly broken: readonly BrokenDestination[];
  /** Contexts in which a budget was reached: differences there may be missing, and are marked `undecided`. */
  readonly incomplete: readonly {
    readonly host: string;
    readonly gateway: string;
    readonly reason: string;
  }[];
}
