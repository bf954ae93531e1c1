import type { Finding } from "../../rules/finding.ts";
import { rules } from "../../rules/index.ts";
import { type ApprovalsDocument, durationOf } from "./schema.ts";

/** The terms under which an entry of policy's `approvals` lets findings through. */
export interface ApprovalTerms {
  readonly approvers: readonly string[];
  readonly minApprovers: number;
  readonly authorMayApprove: boolean;
  /** Percentage points; null where policy sets none. */
  readonly ceiling: number | null;
  /** Milliseconds; null where policy sets none. */
  readonly expires: number | null;
  readonly reviews: boolean;
  readonly breakGlass: readonly string[];
}

/** Terms by family or rule. */
export type Approvals = Readonly<Record<string, ApprovalTerms>>;

/** One way in which a finding may be approved. */
export interface Way {
  readonly terms: ApprovalTerms;
  readonly breakGlass: boolean;
}

/** What policy says about approvals, with everything that it leaves out. */
export function approvalTerms(document: ApprovalsDocument | undefined): Approvals {
  const entries = Object.entries(document ?? {}).flatMap(([name, terms]) =>
    terms === undefined
      ? []
      : [
          [
            name,
            {
              approvers: terms.approvers,
              minApprovers: terms.minApprovers ?? 1,
              authorMayApprove: terms.authorMayApprove ?? false,
              ceiling: terms.ceiling ?? null,
              expires: terms.expires === undefined ? null : durationOf(terms.expires),
              reviews: terms.reviews ?? false,
              breakGlass: terms.breakGlass ?? [],
            },
          ] as const,
        ],
  );
  return Object.fromEntries(entries);
}

/** The family of commands that speaks of a rule's findings: `/approve-weight`, `/approve-timeout`. */
export function familyOf(rule: string): "weight" | "timeout" | null {
  return rules.find(({ id }) => id === rule)?.approval ?? null;
}

/** Every way in which policy lets a finding be approved; none where nobody may. */
export function waysToApprove({ rule }: Pick<Finding, "rule">, approvals: Approvals): Way[] {
  const ordinary = approvals[rule] ?? approvals[familyOf(rule) ?? ""];
  const broken = Object.values(approvals).filter(({ breakGlass }) => breakGlass.includes(rule));
  return [
    ...(ordinary ? [{ terms: ordinary, breakGlass: false }] : []),
    ...broken.map((terms) => ({ terms, breakGlass: true })),
  ];
}

/** Whether a step is small enough for a ceiling in percentage points. What has no size fits under none. */
export function withinCeiling({ measure }: Pick<Finding, "measure">, ceiling: number | null): boolean {
  return ceiling === null || (measure !== undefined && measure <= ceiling);
}
