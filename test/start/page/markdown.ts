import { Marked, type Tokens } from "marked";
import { escaped, Html } from "./html.ts";

/** Schemes and forms an address may have: nothing that runs. */
const harmlessAddress = /^(https?:\/\/|mailto:|#|\/(?!\/))/i;

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => keptTags(text),
    link({ href, tokens }: Tokens.Link) {
      const label = this.parser.parseInline(tokens);
      if (!harmlessAddress.test(href)) return label;
      return `<a href="${escaped(href)}" rel="nofollow noreferrer">${label}</a>`;
    },
    // An image would be a request to somebody else's server.
    image: ({ text }: Tokens.Image) => escaped(text),
    text(token: Tokens.Text | Tokens.Escape) {
      return "tokens" in token && token.tokens ? this.parser.parseInline(token.tokens) : textMarkup(token);
    },
    codespan: ({ text }: Tokens.Codespan) => `<code>${escaped(text)}</code>`,
    code: ({ text, lang }: Tokens.Code) =>
      `<pre${lang === "suggestion" ? ' class="suggestion"' : ""}><code>${escaped(text)}</code></pre>\n`,
    heading({ tokens, depth }: Tokens.Heading) {
      // The page's own headings are the first two levels.
      const level = Math.max(3, depth);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    table({ header, rows }: Tokens.Table) {
      const inline = (cell: Tokens.TableCell) => this.parser.parseInline(cell.tokens);
      const names = header.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("");
      // The style sheet shows the column's name beside each cell where the table does not fit.
      const cell = (cell: Tokens.TableCell, column: number) =>
        `<td data-column="${escaped(header[column]?.text ?? "")}"><div>${inline(cell)}</div></td>`;
      const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
      return `<table><thead><tr>${names}</tr></thead><tbody>${body}</tbody></table>\n`;
    },
  },
});

/**
 * GitHub-flavoured Markdown as HTML. Of raw HTML only line breaks and balanced `<details>` are kept; comments vanish.
 * `breaks`: a newline is a line break, as GitHub has it in comments.
 */
export function markdown(text: string, breaks = false): Html {
  const rendered = marked.parse(text, { async: false, breaks });
  return new Html(isBalanced(rendered) ? rendered : rendered.replace(detailsTags, escaped));
}

const detailsTags = /<\/?(?:details|summary)>/g;

function keptTags(text: string): string {
  return text
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .split(/(<br\s*\/?>|<\/?(?:details|summary)>)/i)
    .map((part, index) => (index % 2 === 1 ? part.toLowerCase() : escaped(part)))
    .join("");
}

/** An end too many would close an element of the page around the text. */
function isBalanced(rendered: string): boolean {
  const open: string[] = [];
  for (const [tag] of rendered.matchAll(detailsTags)) {
    if (!tag.startsWith("</")) open.push(tag.slice(1));
    else if (open.pop() !== tag.slice(2)) return false;
  }
  return open.length === 0;
}

/** A character reference of the text stays one; a backslash before it makes it text. */
function textMarkup({ type, text }: Tokens.Text | Tokens.Escape): string {
  const markup = escaped(text);
  return type === "escape" ? markup : markup.replace(/&amp;(#\d+|#x[\da-f]+|[a-z]\w*);/gi, "&$1;");
}
