import { page, topBar } from "./document.ts";
import { html } from "./html.ts";

/** A file as it stands at a commit: where the report's links lead. */
export function filePage(repository: string, commit: string, path: string, text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const rows = lines.map(
    (line, index) =>
      html`<tr class="context" id="L${index + 1}"><td class="number">${index + 1}</td><td class="code">${line}</td></tr>`,
  );
  const content = html`${topBar(repository)}
<main>
  <h1 class="path"><code>${path}</code> <span class="muted">at <code>${commit.slice(0, 7)}</code></span></h1>
  <div class="card file"><table class="diff"><caption class="hidden">${path}</caption><colgroup><col class="numbers"><col></colgroup><tbody>${rows}</tbody></table></div>
</main>`;
  return page(`${path} · ${repository}`, content);
}
