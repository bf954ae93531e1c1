/** What the app asks for, and why. The app manifest, the README and the local GitHub's permission check read these tables. */

export type Level = "read" | "write";

export interface PermissionNeed {
  readonly level: Level;
  readonly reason: string;
}

export const permissions = {
  checks: { level: "write", reason: "publish the check, and hear of Re-run" },
  contents: { level: "read", reason: "read manifests and policy, and hear of pushes" },
  issues: { level: "read", reason: "hear of commands in comments" },
  members: { level: "read", reason: "look up whether an approver is in a team" },
  merge_queues: { level: "read", reason: "hear of merge groups, and read who is queued" },
  metadata: { level: "read", reason: "every app has it" },
  pull_requests: {
    level: "write",
    reason: "read pull requests, and keep the report comment and review comments",
  },
} as const satisfies Record<string, PermissionNeed>;

/** Events to subscribe to. GitHub sends `installation*` and the app's own `check_*` without being asked. */
export const events = {
  issue_comment: "answer commands; withdraw what was edited or deleted",
  merge_group: "evaluate what the merge queue is about to merge",
  pull_request: "evaluate what was opened, pushed to, reopened or retargeted; forget what was closed",
  pull_request_review: "count approving reviews where policy says so",
  push: "evaluate again when the base branch moved under a pull request",
} as const satisfies Record<string, string>;

/** What a token for the pull request's repository may do. */
export const repositoryPermissions = {
  checks: "write",
  contents: "read",
  metadata: "read",
  pull_requests: "write",
} as const satisfies { readonly [Name in keyof typeof permissions]?: Level };

/** What a token that looks up team members may do. */
export const memberPermissions = { members: "read", metadata: "read" } as const;

/** What a token that reads the merge queue may do. */
export const queuePermissions = {
  contents: "read",
  merge_queues: "read",
  metadata: "read",
  pull_requests: "read",
} as const;

/** What a token for the policy repository may do. */
export const policyPermissions = { contents: "read", metadata: "read" } as const;

/** What a token for another repository that completes the mesh may do. */
export const inventoryPermissions = { contents: "read", metadata: "read" } as const;
