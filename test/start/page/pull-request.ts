import type { PullRequestView } from "../view.ts";
import { checkSection } from "./check.ts";
import { commentForm, conversationSection } from "./conversation.ts";
import { filesSection } from "./diff.ts";
import { page, topBar } from "./document.ts";
import { type Html, html } from "./html.ts";
import { actionsCard, deliveriesCard } from "./sidebar.ts";
import { checkLook, type Look, pill } from "./status.ts";

const stateLooks: Readonly<Record<PullRequestView["state"], Pick<Look, "tone" | "word">>> = {
  open: { tone: "good", word: "Open" },
  closed: { tone: "bad", word: "Closed" },
  merged: { tone: "calm", word: "Merged" },
};

/** The page of a pull request. Parts marked `data-live` are exchanged by `live.js` when something happened. */
export function pullRequestPage(view: PullRequestView): string {
  const path = `/${view.repository}/pull/${view.number}`;
  const content = html`${topBar(view.repository)}
<main>
  ${heading(view)}
  <p class="hidden" role="status" id="announcement">${announcement(view)}</p>
  <p class="card problem" role="alert" id="problem" hidden></p>
  <div class="columns">
    <div class="aside">${actionsCard(path, view.actions)}</div>
    <div class="story">
      ${checkSection(view)}
      ${filesSection(view)}
      ${conversationSection(view)}
      ${commentForm(path, view.people)}
    </div>
    <div class="aside">${deliveriesCard(view.deliveries)}</div>
  </div>
</main>`;
  return page(`${view.title} · #${view.number}`, content, updates(view));
}

function heading({ title, number, state, author, commits, base, head }: PullRequestView): Html {
  return html`<header id="heading" data-live>
    <h1>${title} <span class="muted">#${number}</span></h1>
    <p class="byline">${pill(stateLooks[state])} <strong>${author}</strong> wants to merge ${commits} ${commits === 1 ? "commit" : "commits"} into <code class="branch">${base}</code> from <code class="branch">${head}</code></p>
  </header>`;
}

function announcement({ check }: PullRequestView): string {
  return `Check ${checkLook(check).word}: ${check?.output.title ?? ""}`;
}

/** Without a script the page asks again while the check is not finished. */
function updates({ check, state }: PullRequestView): Html {
  const waiting = state === "open" && check?.status !== "completed";
  return html`<script src="/-/live.js" type="module"></script>
  ${waiting ? html`<noscript><meta http-equiv="refresh" content="2"></noscript>` : null}`;
}
