/** One command, as help and the README show it. */
export interface CommandRow {
  readonly usage: string;
  readonly what: string;
  readonly who: string;
  readonly example: string;
}

const approvers = "whoever policy's `approvals` names, except authors and committers of the change";
const anybody = "everybody who may comment";

/** Every command of Sluice. Help is generated from this table, and a test holds the README to it. */
export const commandTable: readonly CommandRow[] = [
  {
    usage: "/approve-weight [FINGERPRINT…|all] [max=40] [for=4h] [break-glass] reason…",
    what: "lets steps of traffic through: the named ones, or all that block now",
    who: approvers,
    example: "/approve-weight 7f3a5c0e91b2d468 for=4h the canary has soaked since Monday",
  },
  {
    usage: "/approve-timeout [FINGERPRINT…|all] [for=4h] reason…",
    what: "lets findings about timeouts through",
    who: approvers,
    example: "/approve-timeout all uploads take that long",
  },
  {
    usage: "/approve RULE [FINGERPRINT…|all] [max=40] [for=4h] [break-glass] reason…",
    what: "lets findings of one rule through",
    who: approvers,
    example: "/approve outlier-detection break-glass the backend restarts every minute, INC-311",
  },
  {
    usage: "/revoke [FINGERPRINT…]",
    what: "takes approvals back, for good: deleting the comment revives nothing",
    who: "whoever gave the approval, and everybody whom policy names as an approver",
    example: "/revoke",
  },
  {
    usage: "/recheck",
    what: "evaluates this pull request again",
    who: anybody,
    example: "/recheck",
  },
  {
    usage: "/explain RULE",
    what: "says what a rule looks for, why, and what to do",
    who: anybody,
    example: "/explain weight-step",
  },
  {
    usage: "/simulate ROUTE 90/10",
    what: "says what the verdict would be on the base branch, and the largest step that passes",
    who: anybody,
    example: "/simulate prod/reviews 70/30",
  },
  {
    usage: "/sluice help",
    what: "shows this table",
    who: anybody,
    example: "/sluice help",
  },
];

/** The table as Markdown. */
export function commandsMarkdown(): string {
  const rows = commandTable.map(
    ({ usage, what, who, example }) =>
      `| \`${usage.replaceAll("|", "\\|")}\` | ${what} | ${who} | \`${example}\` |`,
  );
  return ["| command | does | who may | example |", "|---|---|---|---|", ...rows].join("\n");
}
