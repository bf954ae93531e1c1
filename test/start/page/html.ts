/** Markup that is safe to send: built by `html`, whose every inserted text is escaped. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What `html` takes between its literal parts: text is escaped, markup is kept, nothing is left out. */
export type Child = Html | string | number | null | false | readonly Child[];

/** Builds markup from a template literal. */
export function html(literals: TemplateStringsArray, ...children: readonly Child[]): Html {
  return new Html(literals.map((literal, index) => literal + markupOf(children[index] ?? null)).join(""));
}

/**
 * Text as HTML text or a quoted attribute. Characters that turn the writing direction are spelled out, because they let
 * a line of a diff look like another one (CVE-2021-42574).
 */
export function escaped(text: string): string {
  return text
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, (character) => `⟨U+${character.charCodeAt(0).toString(16)}⟩`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function markupOf(child: Child): string {
  if (child === null || child === false) return "";
  if (child instanceof Html) return child.markup;
  if (typeof child === "object") return child.map(markupOf).join("");
  return escaped(String(child));
}
