import type { Range } from "../manifest/source.ts";
import type { Certainty } from "../traffic/change.ts";
import type { IstioCode } from "./istio-messages.ts";

export type Severity = "block" | "warn" | "info";

/** How a finding relates to the base branch (semantics.md "Findings"). Only `new` and `worse` can block. */
export type FindingState = "new" | "worse" | "existing" | "approved" | "excepted";

/** A value in force and the line of policy that set it. */
export interface Limit {
  readonly value: string;
  /** `file:line` of the policy, or the name of the pack. */
  readonly source: string;
}

/** Another value for one scalar: what stands in `range` gives way to `text`. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** What a rule says about one object or request class of one state, before it is compared with base. */
export interface Violation {
  /** `Kind/namespace/name`. */
  readonly object: string;
  /** What in the object, by meaning and never by index or line: the route's matchers, the subset, the server. */
  readonly subject: string;
  readonly range: Range;
  /** What is wrong: lower case, no full stop, names the values. */
  readonly message: string;
  /** The part of the message that names the subject. Violations that differ in nothing else are told as one. */
  readonly about?: string;
  readonly before?: string;
  readonly after?: string;
  readonly fix: string;
  /** Values of head that would mend it, where a rule knows them: proposed once the mended text was judged. */
  edits?(): readonly Edit[];
  readonly certainty: Certainty;
  /** How bad, where the same key can be violated more or less: larger is worse. Compared with base for `worse`. */
  readonly measure?: number;
  readonly limit?: Limit;
  /** When it ends by itself, in milliseconds since 1970: worth looking again then. */
  readonly opensAt?: number;
  /** The messages of `istioctl analyze` that say the same. */
  readonly istio?: readonly IstioCode[];
  /** Everything further that decides where the requests go; part of the fingerprint. */
  readonly evidence?: string;
}

/** A violation with everything the report and an approval need. */
export interface Finding extends Violation {
  readonly rule: string;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly why: string;
  readonly environment: string | null;
  /** What applies the object that it holds for: the repository (`""`), or directories of overlays. */
  readonly scopes: readonly string[];
  /** Whether policy enforces here; where it observes, a finding only says that it would block. */
  readonly enforced: boolean;
  /** 16 hex digits; survives rebase and reformatting, dies with any real change. */
  readonly fingerprint: string;
}
