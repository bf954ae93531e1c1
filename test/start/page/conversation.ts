import type { CommentView, PullRequestView } from "../view.ts";
import { type Html, html } from "./html.ts";
import { markdown } from "./markdown.ts";
import { avatar, moment, personName } from "./person.ts";

/** What was said: the description, then comments and reviews, oldest first. */
export function conversationSection({ author, body, createdAt, conversation }: PullRequestView): Html {
  const opening: CommentView = {
    id: "description",
    author,
    did: "opened this",
    body: body ?? "",
    createdAt,
    edited: false,
  };
  return html`<section id="conversation" data-live aria-labelledby="conversation-title">
    <h2 id="conversation-title">Conversation</h2>
    ${[opening, ...conversation].map(comment)}
  </section>`;
}

function comment({ id, author, did, body, createdAt, edited, outdated }: CommentView): Html {
  const head = html`${personName(author)} ${did} <span class="muted">${moment(createdAt)}${edited ? ", edited" : null}</span>`;
  const said =
    body.trim() === "" ? null : html`<div class="prose comment-body">${markdown(body, true)}</div>`;
  return html`<article class="comment">
    ${avatar(author)}
    ${
      outdated === true
        ? html`<details class="card" id="${id}"><summary class="comment-head">${head} <span class="tag">outdated</span></summary>${said}</details>`
        : html`<div class="card" id="${id}"><p class="comment-head">${head}</p>${said}</div>`
    }
  </article>`;
}

/** The form that adds to the conversation, as one of the people. */
export function commentForm(path: string, people: readonly string[]): Html {
  return html`<form class="card reply" method="post" action="${path}/comment">
    <label for="reply-body">Add a comment</label>
    <textarea id="reply-body" name="body" rows="3" required maxlength="65536"></textarea>
    <div class="row">
      <label for="reply-as">as</label>
      <select id="reply-as" name="as">${people.map((person) => html`<option>${person}</option>`)}</select>
      <button class="primary">Comment</button>
    </div>
  </form>`;
}
