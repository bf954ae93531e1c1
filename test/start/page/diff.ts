import type { Annotation } from "../../github/checks.ts";
import type { FileChange } from "../../github/git/difference.ts";
import { type PatchLine, patchLines } from "../patch.ts";
import type { LineComment, PullRequestView } from "../view.ts";
import { lineAnchor } from "./anchors.ts";
import { annotationNote } from "./check.ts";
import { type Html, html } from "./html.ts";
import { markdown } from "./markdown.ts";
import { avatar, moment, personName } from "./person.ts";

/** What hangs on the lines of a file. */
interface Remark {
  readonly side: "LEFT" | "RIGHT";
  readonly line: number;
  readonly markup: Html;
}

const signs: Readonly<Record<PatchLine["kind"], string>> = {
  hunk: "",
  context: "",
  added: "+",
  removed: "−",
  remark: "",
};

/** The changed files with annotations and review comments under their lines. */
export function filesSection(view: PullRequestView): Html {
  const { files } = view;
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return html`<section id="files" data-live aria-labelledby="files-title">
    <h2 id="files-title">Files changed <span class="count">${files.length}</span> ${tally(additions, deletions)}</h2>
    ${files.map((file) => fileCard(view, file))}
  </section>`;
}

function fileCard(view: PullRequestView, file: FileChange): Html {
  const remarks = remarksOn(view, file.path);
  const lines = file.patch === null ? [] : patchLines(file.patch);
  const shown = new Set(lines.flatMap(({ left, right }) => [`LEFT ${left}`, `RIGHT ${right}`]));
  const elsewhere = remarks.filter(({ side, line }) => !shown.has(`${side} ${line}`));
  return html`<article class="card file">
    <header class="file-name">
      <h3>${file.previousPath === null ? null : html`<code>${file.previousPath}</code> → `}<code>${file.path}</code></h3>
      <span>${file.status === "modified" ? null : html`<span class="tag">${file.status}</span> `}${tally(file.additions, file.deletions)}</span>
    </header>
    ${elsewhere.map(({ line, markup }) => html`<p class="hint">On line ${line}, which the diff does not show:</p>${markup}`)}
    ${lines.length === 0 ? html`<p class="hint">Git shows no difference in text.</p>` : diffTable(view, file, lines, remarks)}
  </article>`;
}

function diffTable(
  { files }: PullRequestView,
  file: FileChange,
  lines: readonly PatchLine[],
  remarks: readonly Remark[],
): Html {
  const rows = lines.map((line) => {
    const under = remarks.filter(
      (remark) => remark.line === (remark.side === "LEFT" ? line.left : line.right),
    );
    return html`${lineRow(line, anchorOf(files, file, line))}${
      under.length > 0
        ? html`<tr><td class="remarks" colspan="3">${under.map(({ markup }) => markup)}</td></tr>`
        : null
    }`;
  });
  return html`<table class="diff">
    <caption class="hidden">Changes in ${file.path}</caption>
    <colgroup><col class="numbers"><col class="numbers"><col></colgroup>
    <thead class="hidden"><tr><th scope="col">Before</th><th scope="col">After</th><th scope="col">Line</th></tr></thead>
    <tbody>${rows}</tbody>
  </table>`;
}

function lineRow({ kind, left, right, text }: PatchLine, anchor: string | null): Html {
  if (kind === "hunk" || kind === "remark") {
    return html`<tr><td class="between" colspan="3">${text}</td></tr>`;
  }
  return html`<tr class="${kind}"${anchor === null ? null : html` id="${anchor}"`}><td class="number">${left}</td><td class="number">${right}</td><td class="code"><span class="sign">${signs[kind]}</span>${text}</td></tr>`;
}

function anchorOf(
  files: PullRequestView["files"],
  { path }: FileChange,
  { left, right }: PatchLine,
): string | null {
  if (right !== null) return lineAnchor(files, path, "RIGHT", right);
  return left === null ? null : lineAnchor(files, path, "LEFT", left);
}

function remarksOn({ check, headSha, lineComments }: PullRequestView, path: string): Remark[] {
  const annotations = check?.headSha === headSha ? check.annotations : [];
  return [
    ...annotations
      .filter((annotation) => annotation.path === path)
      .map((annotation: Annotation): Remark => {
        return { side: "RIGHT", line: annotation.end_line, markup: annotationNote(annotation) };
      }),
    ...lineComments
      .filter((comment) => comment.path === path)
      .map((comment) => ({ side: comment.side, line: comment.line, markup: thread(comment) })),
  ];
}

function thread({ author, body, createdAt }: LineComment): Html {
  return html`<div class="thread">
    ${avatar(author)}
    <div>
      <p>${personName(author)} <span class="muted">${moment(createdAt)}</span></p>
      <div class="prose">${markdown(body, true)}</div>
    </div>
  </div>`;
}

function tally(additions: number, deletions: number): Html {
  return html`<span class="tally"><span class="plus">+${additions}</span> <span class="minus">−${deletions}</span></span>`;
}
