import type { IssueComment, PullRequest } from "./pull-request.ts";
import type { Events } from "./webhooks/events.ts";
import type { Account, World } from "./world.ts";

/** Where a comment is written, by whomever: people and the app alike cause events. */
export interface Place {
  readonly world: World;
  readonly services: { readonly events: Events };
}

/** Puts a comment on a pull request's timeline. */
export function writeComment(
  { world, services }: Place,
  pull: PullRequest,
  author: Account,
  body: string,
): IssueComment {
  const now = world.now();
  const comment: IssueComment = {
    id: world.nextId(),
    author,
    body,
    createdAt: now,
    updatedAt: now,
    lastEditedAt: null,
    minimized: null,
    reactions: [],
  };
  pull.comments.push(comment);
  pull.updatedAt = now;
  services.events.issueComment("created", pull, comment, author);
  return comment;
}

/** Changes a comment's text; people with enough rights can change those of others. */
export function changeComment(
  { world, services }: Place,
  pull: PullRequest,
  comment: IssueComment,
  editor: Account,
  body: string,
): void {
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.now();
  comment.lastEditedAt = comment.updatedAt;
  services.events.issueComment("edited", pull, comment, editor, { changes: { body: { from } } });
}

/** Takes a comment off the timeline. */
export function removeComment(
  { services }: Place,
  pull: PullRequest,
  comment: IssueComment,
  remover: Account,
): void {
  pull.comments.splice(pull.comments.indexOf(comment), 1);
  services.events.issueComment("deleted", pull, comment, remover);
}
