import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import type { LocalGitHub } from "./index.ts";
import type { AppOptions } from "./options.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An app that may do and hears all that this GitHub knows. */
export const curiousApp = {
  permissions: {
    metadata: "read",
    contents: "read",
    checks: "write",
    pull_requests: "write",
    issues: "read",
    merge_queues: "read",
  },
  events: ["check_run", "check_suite", "issue_comment", "pull_request", "pull_request_review", "push"],
} satisfies Partial<AppOptions>;

/** Octokit as the app itself, signing with its key. `prefix`: `/api/v3` to take this for GitHub Enterprise Server. */
export function asApp(github: LocalGitHub, prefix = "", privateKey = github.app.privateKey): Octokit {
  const auth = { appId: github.app.id, privateKey };
  return new Octokit({ baseUrl: github.url + prefix, log, authStrategy: createAppAuth, auth });
}

/** Octokit with an installation token, narrowed as asked. */
export async function asInstallation(
  github: LocalGitHub,
  narrowed: { permissions?: Record<string, "read" | "write">; repository_ids?: number[] } = {},
  prefix = "",
): Promise<Octokit> {
  const { data } = await asApp(github, prefix).request(
    "POST /app/installations/{installation_id}/access_tokens",
    { installation_id: github.world.installations[0]?.id ?? 0, ...narrowed },
  );
  return new Octokit({ baseUrl: github.url + prefix, log, auth: data.token });
}

/** How GitHub refused a request. Throws when it did not. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ status: number; message: string; headers: Record<string, string> }> {
  const error = await request.then(
    () => new Error("the request was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error) || !("status" in error)) throw error;
  const response = "response" in error ? (error.response as { headers: Record<string, string> }) : null;
  return { status: Number(error.status), message: error.message, headers: response?.headers ?? {} };
}
