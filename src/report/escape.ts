/**
 * Text from a pull request is hostile: it may not mention people, link, close comments or break tables.
 * Every value that came from a manifest, a path or a branch passes through here on its way into Markdown.
 */

const longest = 300;
const zeroWidthSpace = "\u200b";

/**
 * Untrusted text as one line of plain Markdown: no markup, no @mention, no #reference, no automatic link. What stands
 * between backticks, as messages write names and values, becomes a code span.
 */
export function plain(text: string): string {
  return bounded(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : escaped(part)))
    .join("");
}

function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()<>|~!&]/g, "\\$&")
    .replace(/[@#]/g, `$&${zeroWidthSpace}`)
    .replace(/:\/\//g, `:${zeroWidthSpace}//`)
    .replace(/\bwww\./gi, `www${zeroWidthSpace}.`);
}

/** Untrusted text as a code span, which GitHub neither links nor notifies; safe inside a table. */
export function code(text: string): string {
  const line = bounded(text).replace(/\|/g, "\\|");
  if (line === "") return "` `";
  const longestRun = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longestRun + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Untrusted text for a field that GitHub shows as it is: one line, without control characters. */
export function line(text: string, characters = longest): string {
  return bounded(text, characters);
}

function bounded(text: string, characters = longest): string {
  const visible = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return visible.length > characters
    ? `${visible.slice(0, characters - 1).replace(/[\ud800-\udbff]$/, "")}…`
    : visible;
}
