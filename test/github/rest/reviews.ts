import type { FileChange } from "../git/difference.ts";
import { commentableLines, hunkUpTo, type Side } from "../git/hunk.ts";
import { type Answer, ok, Refusal, validationFailed } from "../http/answer.ts";
import { type Call, listAnswer, pullOf } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import { changedFiles, type Review, type ReviewComment, type ReviewState } from "../pull-request.ts";
import { reviewCommentJson, reviewJson } from "../represent/conversation.ts";

interface DraftComment {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
  readonly side?: Side;
  readonly start_line?: number;
  readonly start_side?: Side;
  readonly position?: number;
}
interface DraftReview {
  readonly commit_id?: string;
  readonly body?: string;
  readonly event?: keyof typeof states;
  readonly comments?: readonly DraftComment[];
}
const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

/** `GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews` */
export function listReviews(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  return listAnswer(call, pull.reviews, (review) => reviewJson(call.links, pull, review));
}

/** `GET /repos/{owner}/{repo}/pulls/{pull_number}/comments`: inline comments, those of pending reviews left out. */
export function listReviewComments(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  const shown = pull.reviewComments.filter(({ review }) => review.state !== "PENDING");
  return listAnswer(call, shown, (comment) => reviewCommentJson(call.links, pull, comment));
}

/** `POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews`: one line off the diff refuses the whole review. */
export async function createReview(call: Call): Promise<Answer> {
  const { world, services } = call;
  const pull = pullOf(call);
  const draft = (call.body ?? {}) as DraftReview;
  const state: ReviewState = draft.event === undefined ? "PENDING" : states[draft.event];
  if (draft.event !== undefined && draft.event !== "APPROVE" && (draft.body ?? "") === "") {
    throw validationFailed("PullRequestReview", "body", "body is required for this event");
  }
  for (const { body } of [{ body: draft.body ?? "" }, ...(draft.comments ?? [])]) {
    if (body.length > serverLimits.commentCharacters) {
      throw validationFailed(
        "PullRequestReview",
        "body",
        `Body is too long (maximum is ${serverLimits.commentCharacters} characters)`,
      );
    }
  }
  const commit = draft.commit_id ?? pull.headSha;
  const commits = await pull.repository.git.commitsBetween(pull.baseSha, pull.headSha);
  if (!commits.includes(commit)) throw unprocessable("The commit_id is not part of the pull request");
  const files = await changedFiles(pull, commit);
  const submittedAt = world.now();
  const review: Review = {
    id: world.nextId(),
    author: world.app.bot,
    body: draft.body ?? "",
    state,
    commit,
    submittedAt,
  };
  const comments = (draft.comments ?? []).map((comment) => ({
    ...anchored(comment, files),
    id: world.nextId(),
    review,
    body: comment.body,
    createdAt: submittedAt,
    resolved: false,
  }));
  pull.reviews.push(review);
  pull.reviewComments.push(...comments);
  if (state !== "PENDING") await services.events.review("submitted", pull, review, world.app.bot);
  return ok(reviewJson(call.links, pull, review));
}

type Anchor = Pick<ReviewComment, "path" | "side" | "line" | "startSide" | "startLine" | "hunk">;

/** Where a comment stands, if GitHub would let it stand there (parkerbxyz/suggest-changes#28, #48, #64). */
function anchored(comment: DraftComment, files: readonly FileChange[]): Anchor {
  const patch = files.find(({ path }) => path === comment.path)?.patch;
  if (patch === undefined || patch === null) throw unprocessable("Path could not be resolved");
  if (comment.line === undefined) throw unprocessable("Line could not be resolved"); // `position` is closing down and not served
  const side = comment.side ?? "RIGHT";
  const lines = commentableLines(patch);
  const hunk = lines[side].get(comment.line);
  if (hunk === undefined) {
    throw unprocessable(
      "Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank",
    );
  }
  const anchor = { path: comment.path, side, line: comment.line, hunk: hunkUpTo(patch, side, comment.line) };
  if (comment.start_line === undefined) return { ...anchor, startSide: null, startLine: null };
  const startSide = comment.start_side ?? side;
  if (startSide === side && comment.start_line >= comment.line) {
    throw unprocessable("Pull request review thread start line must precede the end line.");
  }
  if (lines[startSide].get(comment.start_line) !== hunk) {
    throw unprocessable("Pull request review thread start line must be part of the same hunk as the line.");
  }
  return { ...anchor, startSide, startLine: comment.start_line };
}

const unprocessable = (error: string) => new Refusal(422, "Unprocessable Entity", { errors: [error] });
