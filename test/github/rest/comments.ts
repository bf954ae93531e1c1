import { changeComment, removeComment, writeComment } from "../conversation.ts";
import { type Answer, created, noContent, notFound, ok, validationFailed } from "../http/answer.ts";
import { type Call, listAnswer, pullOf, repositoryOf } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import type { IssueComment, PullRequest, Reaction } from "../pull-request.ts";
import { accountJson } from "../represent/account.ts";
import { commentJson } from "../represent/conversation.ts";

/** `GET /repos/{owner}/{repo}/issues/{issue_number}/comments`: oldest first. */
export function listComments(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  const since = call.query.get("since");
  const found = pull.comments.filter(({ updatedAt }) => since === null || updatedAt >= since);
  return listAnswer(call, found, (comment) => commentJson(call.world, call.links, pull, comment));
}

/** `POST /repos/{owner}/{repo}/issues/{issue_number}/comments` */
export function createComment(call: Call): Answer {
  const pull = pullOf(call);
  const comment = writeComment(call, pull, call.world.app.bot, bodyOf(call));
  return created(commentJson(call.world, call.links, pull, comment));
}

/** `GET /repos/{owner}/{repo}/issues/comments/{comment_id}` */
export function getComment(call: Call): Answer {
  const { pull, comment } = commentOf(call);
  return ok(commentJson(call.world, call.links, pull, comment));
}

/** `PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}` */
export function updateComment(call: Call): Answer {
  const { pull, comment } = commentOf(call);
  changeComment(call, pull, comment, call.world.app.bot, bodyOf(call));
  return ok(commentJson(call.world, call.links, pull, comment));
}

/** `DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}` */
export function deleteComment(call: Call): Answer {
  const { pull, comment } = commentOf(call);
  removeComment(call, pull, comment, call.world.app.bot);
  return noContent;
}

/** `POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions`: 200 when the reaction was there already. */
export function addReaction(call: Call): Answer {
  const { comment } = commentOf(call);
  const { content } = call.body as { readonly content: Reaction };
  const isNew = !comment.reactions.includes(content);
  if (isNew) comment.reactions.push(content);
  const reaction = {
    id: comment.id * 10 + comment.reactions.indexOf(content),
    node_id: `REA_${comment.id}_${content}`,
    user: accountJson(call.links, call.world.app.bot),
    content,
    created_at: call.world.now(),
  };
  return isNew ? created(reaction) : ok(reaction);
}

function commentOf(call: Call): { pull: PullRequest; comment: IssueComment } {
  const id = Number(call.parameters.comment_id);
  for (const pull of repositoryOf(call).pulls) {
    const comment = pull.comments.find((candidate) => candidate.id === id);
    if (comment !== undefined) return { pull, comment };
  }
  throw notFound();
}

function bodyOf(call: Call): string {
  const { body } = call.body as { readonly body: string };
  if (body.trim() === "") throw validationFailed("IssueComment", "body", "body can't be blank");
  if (body.length > serverLimits.commentCharacters) {
    throw validationFailed(
      "IssueComment",
      "body",
      `Body is too long (maximum is ${serverLimits.commentCharacters} characters)`,
    );
  }
  return body;
}
