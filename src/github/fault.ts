import { GitHubFault } from "./port.ts";

/** What an HTTP request to GitHub was, for messages. */
interface Asked {
  readonly method: string;
  readonly url: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** GitHub gives no time with some secondary limits and then asks for at least a minute. */
const unspecifiedWait = 60_000;

/**
 * Puts whatever a request failed with into the story's word. `now` is milliseconds since 1970. The original error is
 * not kept: it carries the request with its token.
 */
export function toFault(error: unknown, asked: Asked, now: number): GitHubFault {
  if (error instanceof GitHubFault) return error;
  const said = redact(error instanceof Error ? error.message : String(error));
  const answer = answerOf(error);
  const request = `${asked.method} ${pathOf(asked.url)}`;
  if (answer === null) return new GitHubFault(`GitHub could not be reached for ${request} (${said})`);
  const { status, headers } = answer;
  const retryAt = waitUntil(status, headers, said, now);
  if (retryAt !== null) {
    const until = new Date(retryAt).toISOString().slice(0, 16).replace("T", " ");
    return new GitHubFault(`GitHub asks to wait until ${until} UTC (rate limit)`, status, retryAt);
  }
  const needed = headers["x-accepted-github-permissions"];
  if (status === 403 && needed) {
    return new GitHubFault(
      `the app lacks a permission that GitHub wants for ${request}: ${needed}. Ask an owner to accept it`,
      status,
    );
  }
  return new GitHubFault(`GitHub answered ${status} to ${request} (${said})`, status);
}

/** Whether the same request may well succeed later without anybody doing anything. */
export function mayPass({ status, retryAt }: { status: number | null; retryAt: number | null }): boolean {
  return status === null || status >= 500 || retryAt !== null;
}

/** Blanks tokens and JWTs. Token shapes change: since 2026 they hold dots, dashes and underscores. */
export function redact(text: string): string {
  return text.replace(/\b(?:gh[a-z]_|github_pat_|eyJ)[\w.-]{16,}/g, "[redacted]");
}

/** Milliseconds since 1970 until when GitHub asked for silence; null when it did not. */
function waitUntil(status: number, headers: Answer["headers"], said: string, now: number): number | null {
  if (status !== 403 && status !== 429) return null;
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(seconds)) return now + seconds * 1000;
  const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN);
  if (String(headers["x-ratelimit-remaining"]) === "0" && Number.isFinite(reset)) return reset * 1000;
  return status === 429 || /rate limit/i.test(said) ? now + unspecifiedWait : null;
}

/** Octokit reports a failed connection as status 500 without a response. */
function answerOf(error: unknown): Answer | null {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
  const response = "response" in error ? (error.response as Partial<Answer> | undefined) : undefined;
  return response?.headers ? { status: error.status, headers: response.headers } : null;
}

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "").replace(/\?.*$/, "");
}
