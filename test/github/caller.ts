import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import type { LocalGitHub } from "./index.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Octokit as the app itself, signing with its key. `prefix`: `/api/v3` to take this for GitHub Enterprise Server. */
export function asApp(github: LocalGitHub, prefix = "", privateKey = github.app.privateKey): Octokit {
  const auth = { appId: github.app.id, privateKey };
  return new Octokit({ baseUrl: github.url + prefix, log: silent, authStrategy: createAppAuth, auth });
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
  return new Octokit({ baseUrl: github.url + prefix, log: silent, auth: data.token });
}

/** The status of a refused request, and GitHub's words. */
export async function refusal(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof Error && "status" in error)
      return { status: Number(error.status), message: error.message };
    throw error;
  }
  throw new Error("the request was not refused");
}
