import type { Finding } from "../../rules/finding.ts";
import { authority, isContributor, type Place } from "./authorise.ts";
import type { Grant, Revocation } from "./conversation.ts";
import type { Account, FactReader } from "./facts.ts";
import type { Receipt } from "./receipt.ts";
import { type Approvals, type Way, waysToApprove, withinCeiling } from "./terms.ts";

/** What an approval is judged by. */
export interface Court {
  readonly approvals: Approvals;
  /** The mesh files of the change that carries the fingerprint. */
  placeOf(fingerprint: string): Place;
  readonly facts: FactReader;
  /** Whether somebody took part in a change that carries the fingerprint; unknown counts as yes. */
  contributed(account: Account, fingerprint: string): boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The court of one pull request, where whoever wrote any part of it is a contributor. */
export function courtOf(
  approvals: Approvals,
  place: Place,
  facts: FactReader,
  pull: { readonly pull: number; readonly author: Account | null },
  now: number,
): Court {
  return {
    approvals,
    placeOf: () => place,
    facts,
    now,
    contributed: (account) => isContributor(account, pull, facts),
  };
}

/** A grant, or what would become one. */
export type Claim = Pick<
  Receipt,
  "approver" | "fingerprints" | "ceiling" | "at" | "expires" | "via" | "reason" | "breakGlass"
>;

/** Why a claim does not let a finding through. */
export type Refusal =
  | "nobody may approve it"
  | "the glass was not broken for it"
  | "reviews do not count"
  | "the approver is not among those who may"
  | "the approver took part in the change"
  | "the step is larger than may be approved"
  | "the step is larger than the approval allows"
  | "a reason is compulsory"
  | "expired";

/** Null when the claim counts for the finding; else the reason of the way that came nearest. */
export function refusalOf(claim: Claim, finding: Finding, court: Court): Refusal | null {
  const ways = waysToApprove(finding, court.approvals).filter(
    ({ breakGlass }) => !breakGlass || claim.breakGlass,
  );
  const refusals = ways.map((way) => refusalBy(way, claim, finding, court));
  if (refusals.includes(null)) return null;
  const any = waysToApprove(finding, court.approvals).length > 0;
  return refusals.at(-1) ?? (any ? "the glass was not broken for it" : "nobody may approve it");
}

function refusalBy({ terms, breakGlass }: Way, claim: Claim, finding: Finding, court: Court): Refusal | null {
  if (breakGlass && claim.reason === "") return "a reason is compulsory";
  if (claim.via === "review" && (breakGlass || !terms.reviews)) return "reviews do not count";
  if (!breakGlass && !withinCeiling(finding, terms.ceiling)) return "the step is larger than may be approved";
  if (!withinCeiling(finding, claim.ceiling)) return "the step is larger than the approval allows";
  if (endOf(claim, terms.expires) <= court.now) return "expired";
  const place = court.placeOf(finding.fingerprint);
  if (authority(claim.approver, terms.approvers, place, court.facts) === null) {
    return "the approver is not among those who may";
  }
  if (!terms.authorMayApprove && court.contributed(claim.approver, finding.fingerprint)) {
    return "the approver took part in the change";
  }
  return null;
}

/** When a claim ends under a policy that lets approvals live so long; Infinity for never. */
function endOf({ at, expires }: Claim, life: number | null): number {
  return Math.min(expires ?? Number.POSITIVE_INFINITY, life === null ? Number.POSITIVE_INFINITY : at + life);
}

/** What became of one finding that blocks. */
export interface Assessment {
  readonly finding: Finding;
  readonly approved: boolean;
  readonly counted: readonly Grant[];
  readonly refused: readonly { readonly grant: Grant; readonly why: Refusal }[];
  /** How many different people it takes. */
  readonly needed: number;
  /** Somebody broke the glass, and that alone let it through. */
  readonly brokenGlass: boolean;
  /** When the approval next loses a grant by time (milliseconds since 1970); null for never. */
  readonly until: number | null;
}

/** Holds every grant against one finding. */
export function assess(finding: Finding, grants: readonly Grant[], court: Court): Assessment {
  const covering = grants.filter(({ fingerprints }) => fingerprints.includes(finding.fingerprint));
  const judged = covering.map((grant) => ({ grant, why: refusalOf(grant, finding, court) }));
  const ways = waysToApprove(finding, court.approvals);
  const opened = ways.flatMap((way) => {
    const fitting = covering.filter(
      (grant) => (!way.breakGlass || grant.breakGlass) && refusalBy(way, grant, finding, court) === null,
    );
    const needed = way.breakGlass ? 1 : way.terms.minApprovers;
    const people = new Set(fitting.map(({ approver }) => approver.id));
    return people.size >= needed ? [{ way, fitting }] : [];
  });
  const ends = (opened[0]?.fitting ?? []).map((grant) => endOf(grant, opened[0]!.way.terms.expires));
  const until = Math.min(Number.POSITIVE_INFINITY, ...ends);
  return {
    finding,
    approved: opened.length > 0,
    counted: judged.flatMap(({ grant, why }) => (why === null ? [grant] : [])),
    refused: judged.flatMap(({ grant, why }) => (why === null ? [] : [{ grant, why }])),
    needed: ways.find(({ breakGlass }) => !breakGlass)?.terms.minApprovers ?? 1,
    brokenGlass: opened[0]?.way.breakGlass ?? false,
    until: Number.isFinite(until) ? until : null,
  };
}

/** The findings with those marked that are approved. */
export function approved(findings: readonly Finding[], assessments: readonly Assessment[]): Finding[] {
  const through = new Set(
    assessments.filter((assessment) => assessment.approved).map(({ finding }) => finding.fingerprint),
  );
  return findings.map((finding) =>
    (finding.state === "new" || finding.state === "worse") && through.has(finding.fingerprint)
      ? { ...finding, state: "approved" }
      : finding,
  );
}

/** The grants that a revocation takes away: one's own, and for those whom policy names as approvers everybody's. */
export function revokedBy(revocation: Revocation, grants: readonly Grant[], court: Court): Grant[] {
  return grants.filter(
    (grant) =>
      grant.at <= revocation.at &&
      (revocation.fingerprints === null ||
        revocation.fingerprints.some((fingerprint) => grant.fingerprints.includes(fingerprint))) &&
      (grant.approver.id === revocation.by.id || isApprover(revocation.by, grant, court)),
  );
}

/** Whether policy names somebody among any approvers. */
function isApprover(
  account: Account,
  { fingerprints }: Grant,
  { approvals, placeOf, facts }: Court,
): boolean {
  return Object.values(approvals).some(({ approvers }) =>
    fingerprints.some((fingerprint) => authority(account, approvers, placeOf(fingerprint), facts) !== null),
  );
}
