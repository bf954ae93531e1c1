import { type CheckRun, latestRuns } from "../github/checks.ts";
import type { FileChange } from "../github/git/difference.ts";
import type { Delivery, LocalGitHub, PullRequest } from "../github/index.ts";
import { changedFiles } from "../github/pull-request.ts";
import { fullName } from "../github/represent/repository.ts";
import { presentLine } from "./line-comments.ts";
import type { CheckView, CommentView, LineComment, PullRequestView } from "./view.ts";

/** Deliveries the page lists. */
const shownDeliveries = 50;

/** The newest run of the app on the pull request's head: what GitHub shows beside the merge button. */
export function currentRun(github: LocalGitHub, pull: PullRequest): CheckRun | null {
  return latestRuns(github.checkRuns(pull.headSha)).at(-1) ?? null;
}

/** The pull request as it stands now. Links into the local GitHub lead to `pageUrl`, where its pages are. */
export async function snapshot(
  github: LocalGitHub,
  pull: PullRequest,
  pageUrl: string,
): Promise<Omit<PullRequestView, "actions" | "people">> {
  const linked = (text: string) => text.replaceAll(`${github.url}/`, `${pageUrl}/`);
  const { repository } = pull;
  const run = currentRun(github, pull);
  const files = await changedFiles(pull);
  const { lineComments, outdated } = onLines(pull, files, linked);
  return {
    repository: fullName(repository),
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.merged === null ? pull.state : "merged",
    author: pull.author.login,
    createdAt: pull.createdAt,
    base: pull.baseRef,
    head: pull.headRef,
    headSha: pull.headSha,
    commits: (await repository.git.commitsBetween(pull.baseSha, pull.headSha)).length,
    check: run === null ? null : checkView(run, linked),
    files,
    lineComments,
    conversation: [...conversation(pull, linked), ...outdated].sort((a, b) =>
      a.createdAt.localeCompare(b.createdAt),
    ),
    deliveries: github.webhooks.deliveries.slice(-shownDeliveries).reverse().map(deliveryView),
  };
}

/** A run that GitHub was asked to repeat counts as waiting until the app has answered. */
function checkView(run: CheckRun, linked: (text: string) => string): CheckView {
  const { name, headSha, startedAt, completedAt, output, annotations, suite } = run;
  const text = (value: string | null) => (value === null ? null : linked(value));
  return {
    name,
    headSha,
    status: suite.rerequested ? "queued" : run.status,
    conclusion: suite.rerequested ? null : run.conclusion,
    startedAt,
    completedAt,
    output: { title: output.title, summary: text(output.summary), text: text(output.text) },
    annotations: [...annotations],
  };
}

function conversation(pull: PullRequest, linked: (text: string) => string): CommentView[] {
  const comments = pull.comments.map(({ id, author, body, createdAt, lastEditedAt }): CommentView => {
    return {
      id: `comment-${id}`,
      author: author.login,
      did: "commented",
      body: linked(body),
      createdAt,
      edited: lastEditedAt !== null,
    };
  });
  const reviews = pull.reviews.map(({ id, author, body, submittedAt }): CommentView => {
    return {
      id: `review-${id}`,
      author: author.login,
      did: "reviewed",
      body,
      createdAt: submittedAt,
      edited: false,
    };
  });
  return [...comments, ...reviews];
}

/** Review comments under the lines they stand on today; those whose line is gone go to the conversation. */
function onLines(pull: PullRequest, files: readonly FileChange[], linked: (text: string) => string) {
  const lineComments: LineComment[] = [];
  const outdated: CommentView[] = [];
  for (const comment of pull.reviewComments) {
    const { id, path, side, review, createdAt } = comment;
    const said = { author: review.author.login, body: linked(comment.body), createdAt };
    const line = presentLine(comment, files.find((file) => file.path === path)?.patch ?? null);
    if (line !== null) lineComments.push({ ...said, path, side, line });
    else {
      const did = `commented on ${path}, line ${comment.line}`;
      outdated.push({ ...said, id: `outdated-${id}`, did, outdated: true, edited: false });
    }
  }
  return { lineComments, outdated };
}

function deliveryView({ event, action, status, statusCode, deliveredAt, duration, redelivery }: Delivery) {
  const name = action === null ? event : `${event}.${action}`;
  return { event: name, status, statusCode, deliveredAt, duration, redelivery };
}
