import * as z from "zod";
import { rules } from "../../rules/index.ts";

const minute = 60_000;
const units: Readonly<Record<string, number>> = {
  m: minute,
  h: 60 * minute,
  d: 24 * 60 * minute,
  w: 7 * 24 * 60 * minute,
};

/** Milliseconds of a duration such as `30m`, `4h`, `2d` or `1w`; null for anything else. */
export function durationOf(text: string): number | null {
  const [, number, unit] = /^([1-9]\d{0,3})([mhdw])$/.exec(text) ?? [];
  return number === undefined ? null : Number(number) * units[unit!]!;
}

/** Roles that a policy may name, from strong to weak. Weaker ones are everybody's on a public repository. */
export const approvingRoles = ["admin", "maintain", "write"] as const;

const approver = z
  .string()
  .regex(
    /^(@[\w.-]+(\/[\w.-]+)?|role:(admin|maintain|write)|codeowners)$/,
    "an approver is written @user, @organisation/team (its slug), role:admin, role:maintain, role:write or codeowners",
  );

/** Whoever approves for one family of findings, or for one rule: everything left out is as strict as it can be. */
const terms = z.strictObject({
  approvers: z.array(approver).min(1).describe("Who may let such a finding through."),
  minApprovers: z.int().min(1).max(10).optional().describe("How many different people it takes; 1."),
  authorMayApprove: z
    .boolean()
    .optional()
    .describe("Whether authors and committers of the change may approve it; false."),
  ceiling: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe("Largest step in percentage points that may be approved."),
  expires: z
    .string()
    .refine((text) => durationOf(text) !== null, "a duration is written 30m, 4h, 2d or 1w")
    .optional()
    .describe("Longest life of an approval, for example 24h."),
  reviews: z
    .boolean()
    .optional()
    .describe("Whether an approving review counts, for the commit it was given to; false."),
  breakGlass: z
    .array(z.enum(rules.map(({ id }) => id)))
    .optional()
    .describe(
      "Rules that these approvers may break the glass for: alone and above the ceiling, with a compulsory reason.",
    ),
});

/** By family of commands, or by rule: the rule's own entry counts before that of its family. */
export const approvalsSchema = z.partialRecord(
  z.union([
    z.enum(["weight", "timeout"]),
    z.enum(rules.map(({ id }) => id)),
    z.string().regex(/^custom\/[\w.-]+$/, "approvals are keyed by weight, timeout or a rule"),
  ]),
  terms,
);

export type ApprovalsDocument = z.output<typeof approvalsSchema>;
