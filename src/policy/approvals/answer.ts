import type { Finding } from "../../rules/finding.ts";
import { type Claim, type Court, type Refusal, refusalOf } from "./assess.ts";
import type { Memory } from "./conversation.ts";
import type { Account } from "./facts.ts";
import type { Via } from "./receipt.ts";
import { familyOf, waysToApprove } from "./terms.ts";

/** Somebody asks to let findings through. */
export interface ApprovalRequest {
  readonly key: string;
  readonly via: Via;
  readonly by: Account;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A family or a rule; null for whatever blocks. */
  readonly scope: { readonly family: "weight" | "timeout" } | { readonly rule: string } | null;
  /** Null for a bare request: whatever blocks in its scope. */
  readonly fingerprints: readonly string[] | null;
  readonly ceiling: number | null;
  /** Milliseconds. */
  readonly lasts: number | null;
  readonly reason: string;
  readonly breakGlass: boolean;
  /** SHA-256 of what was written. */
  readonly digest: string;
}

/** What an approval is asked about: the verdict as it is now. */
export interface Verdict {
  readonly head: string;
  /** The findings that stand in the way, approved ones included. */
  readonly blocking: readonly Finding[];
}

export type Answer =
  | {
      readonly kind: "granted";
      readonly claim: Claim;
      readonly findings: readonly Finding[];
      readonly left: readonly Left[];
    }
  | { readonly kind: "refused"; readonly why: RequestRefusal; readonly left: readonly Left[] };

/** A finding in the request's scope that it does not let through. */
export interface Left {
  readonly finding: Finding;
  readonly why: Refusal;
}

export type RequestRefusal =
  | { readonly kind: "nothing blocks" }
  | { readonly kind: "no such fingerprint"; readonly fingerprints: readonly string[] }
  /** A bare request came before anybody can have read what it is about: the line to paste names it. */
  | { readonly kind: "just changed"; readonly fingerprints: readonly string[] }
  | { readonly kind: "not granted" };

/** A bare command must come this long after the verdict it speaks of (semantics.md "Approvals"). */
export const readingTime = 120_000;

/** What becomes of a request: findings it lets through, and why not the others. */
export function answerTo(
  request: ApprovalRequest,
  { head, blocking }: Verdict,
  memory: Pick<Memory, "standing">,
  court: Court,
): Answer {
  const inScope = blocking.filter((finding) => isInScope(finding, request));
  const refused = (why: RequestRefusal, left: readonly Left[] = []): Answer => ({
    kind: "refused",
    why,
    left,
  });
  const { fingerprints } = request;
  if (fingerprints === null) {
    if (inScope.length === 0) return refused({ kind: "nothing blocks" });
    const sure = isSettled(request, head, blocking, memory);
    if (!sure) return refused({ kind: "just changed", fingerprints: fingerprintsOf(inScope) });
  }
  const named =
    fingerprints === null ? inScope : inScope.filter(({ fingerprint }) => fingerprints.includes(fingerprint));
  if (named.length === 0) return refused({ kind: "no such fingerprint", fingerprints: fingerprints ?? [] });
  const judged = named.map((finding) => {
    const claim = claimOf(request, [finding], court);
    return { finding, why: refusalOf(claim, finding, court) };
  });
  const findings = judged.flatMap(({ finding, why }) => (why === null ? [finding] : []));
  const left = judged.flatMap(({ finding, why }) => (why === null ? [] : [{ finding, why }]));
  if (findings.length === 0) return refused({ kind: "not granted" }, left);
  return { kind: "granted", claim: claimOf(request, findings, court), findings, left };
}

function isInScope(finding: Finding, { scope }: ApprovalRequest): boolean {
  if (scope === null) return true;
  return "family" in scope ? familyOf(finding.rule) === scope.family : finding.rule === scope.rule;
}

/**
 * Whether whoever asks can have known what they ask about. Presses and reviews are bound to the commit by GitHub; for a
 * comment the verdict must have said the same for as long as it takes to be read.
 */
function isSettled(
  { via, at }: ApprovalRequest,
  head: string,
  blocking: readonly Finding[],
  { standing }: Pick<Memory, "standing">,
): boolean {
  if (via === "button") return true;
  const isSame =
    standing !== null &&
    standing.head === head &&
    fingerprintsOf(blocking).join() === [...standing.fingerprints].sort().join();
  return isSame && standing.since + (via === "comment" ? readingTime : 0) <= at;
}

/** The fingerprints of findings, in order. */
export function fingerprintsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ fingerprint }) => fingerprint))].sort();
}

function claimOf(request: ApprovalRequest, findings: readonly Finding[], { approvals }: Court): Claim {
  const { by, via, at, ceiling, lasts, reason, breakGlass } = request;
  const ways = findings.flatMap((finding) => waysToApprove(finding, approvals));
  const lives = [lasts, ...ways.map(({ terms }) => terms.expires)].filter((life) => life !== null);
  return {
    approver: { id: by.id, login: by.login },
    fingerprints: fingerprintsOf(findings),
    ceiling,
    at,
    expires: lives.length > 0 ? at + Math.min(...lives) : null,
    via,
    reason,
    breakGlass,
  };
}
