import type { Annotation } from "../../github/checks.ts";
import type { CheckView, PullRequestView } from "../view.ts";
import { lineAnchor } from "./anchors.ts";
import { type Html, html } from "./html.ts";
import { markdown } from "./markdown.ts";
import { checkLook, disc, type Look, pill } from "./status.ts";

const levelLooks: Readonly<Record<Annotation["annotation_level"], Look>> = {
  failure: { tone: "bad", icon: "fail", word: "Failure" },
  warning: { tone: "warn", icon: "attention", word: "Warning" },
  notice: { tone: "calm", icon: "neutral", word: "Notice" },
};

/** The check as GitHub's "Checks" tab shows it: verdict, summary, annotations, details. */
export function checkSection({ check, files, headSha }: PullRequestView): Html {
  const look = checkLook(check);
  return html`<section class="card check ${look.tone}" id="check" data-live aria-labelledby="check-title">
    <header class="verdict">
      ${disc(look, true)}
      <div>
        <p class="eyebrow">${check?.name ?? "Sluice"} ${pill(look)} ${duration(check)}</p>
        <h2 id="check-title">${titleOf(check)}</h2>
      </div>
    </header>
    ${check !== null && check.headSha !== headSha ? html`<p class="hint">This verdict is for an earlier commit, <code>${check.headSha.slice(0, 7)}</code>.</p>` : null}
    ${check === null ? null : output(check, files)}
  </section>`;
}

function titleOf(check: CheckView | null): string {
  if (check === null) return "The webhook is on its way";
  return check.output.title ?? "Looking at the pull request…";
}

function duration(check: CheckView | null): Html | null {
  if (check?.completedAt == null) return null;
  const seconds = Math.max(0, (Date.parse(check.completedAt) - Date.parse(check.startedAt)) / 1000);
  return html`<span class="muted">on <code>${check.headSha.slice(0, 7)}</code> in ${Math.max(1, Math.round(seconds))} s</span>`;
}

function output(
  { output: { summary, text }, annotations }: CheckView,
  files: PullRequestView["files"],
): Html {
  return html`${summary ? html`<div class="prose padded">${markdown(summary)}</div>` : null}
    ${annotations.length > 0 ? annotationList(annotations, files) : null}
    ${text ? html`<details class="more" id="check-details"><summary>All details</summary><div class="prose padded">${markdown(text)}</div></details>` : null}`;
}

function annotationList(annotations: readonly Annotation[], files: PullRequestView["files"]): Html {
  const items = annotations.map((annotation) => {
    const { path, start_line: line } = annotation;
    const place = html`<code>${path}:${line}</code>`;
    return html`<li class="annotation">
      ${disc(levelLooks[annotation.annotation_level])}
      <span><a href="#${lineAnchor(files, path, "RIGHT", line)}">${place}</a> <strong>${annotation.title ?? ""}</strong></span>
    </li>`;
  });
  return html`<div class="annotations">
    <h3>${annotations.length} ${annotations.length === 1 ? "annotation" : "annotations"}</h3>
    <ul>${items}</ul>
  </div>`;
}

/** An annotation as it stands under its line. */
export function annotationNote(annotation: Annotation): Html {
  const look = levelLooks[annotation.annotation_level];
  return html`<div class="note ${look.tone}">
    ${disc(look)}
    <div>
      <p><strong>${annotation.title ?? look.word}</strong> <span class="muted">${look.word} by the check</span></p>
      <p>${annotation.message}</p>
    </div>
  </div>`;
}
