/**
 * Recognises text that is not what will be applied, because a renderer Sluice does not have fills it in first: Helm and
 * other Go templates, Flux and envsubst variables, kustomize vars, ytt, ERB, Jinja.
 */
import { isObject } from "./json.ts";
import type { Json, Path } from "./source.ts";

export { mentionsMesh } from "./mention.ts";

/** An expression in a document's text: offsets, the end exclusive. */
export interface Expression {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}
/** An expression in a value of a document that could be read. */
export interface Placeholder {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly reason: string;
}

// Every repetition is bounded: hostile text must not make a search quadratic.
const goExpression = /\{\{[^\n]{0,200}?\}\}|\{\{/;
const breaking = /\{\{[^\n]{0,200}?\}\}|\{\{|\{%|<%/;
const blocks = /\{\{-?\s{0,20}(if|range|with|define|block|end)\b/g;
/** A comment, hence not behind an open quote. */
const ytt = /(?<=^(?:[^"'#\n]|"[^"\n]*"|'[^'\n]*')*?(?:^|[ \t]))#@[^\n]*/m;
const variable = /\$\{[A-Za-z_][\w.]{0,100}(?:[:=?+-][^}]{0,200})?\}|\$\([A-Za-z_][\w.-]{0,100}\)|\(@=|<%/;
const comment = /(?<=^|[ \t])#[^\n]*/gm;

/** Where Istio takes free text, braces and dollars may mean themselves. */
const freeText = new Set(["annotations", "regex", "body"]);
const freeTextForBraces = new Set([...freeText, "headers", "withoutHeaders", "queryParams"]);

/** Whether `path` lies in the `templates` directory of a Helm chart: Helm renders every file there, comments included. */
export function isChartTemplate(path: string, exists: (path: string) => boolean): boolean {
  const parts = path.split("/");
  return parts.some((part, index) => {
    const isDirectory = part === "templates" && index < parts.length - 1;
    return isDirectory && exists([...parts.slice(0, index), "Chart.yaml"].join("/"));
  });
}

/** An expression that rules out reading the text as it stands, even where it happens to be YAML. */
export function expressionIn(text: string, chart: boolean): Expression | null {
  return found(ytt.exec(text)) ?? (chart ? found(goExpression.exec(text)) : null);
}

/** An expression that explains why the text is not YAML. One inside a comment explains nothing. */
export function breakingExpressionIn(text: string): Expression | null {
  return found(breaking.exec(withoutComments(text)));
}

/** How many Go template blocks (`if`, `range`, `define`, …) the text leaves open; negative where it closes earlier ones. */
export function blocksLeftOpen(text: string, chart: boolean): number {
  let open = 0;
  for (const [, keyword] of (chart ? text : withoutComments(text)).matchAll(blocks)) {
    open += keyword === "end" ? -1 : 1;
  }
  return open;
}

/** Whether the values of a document with this text are worth searching for placeholders. */
export function mayHoldPlaceholder(text: string): boolean {
  return /\{\{|\$[{(]|\(@=|<%/.test(text);
}

/** The first value or key of an object that a renderer still has to fill in. */
export function placeholderIn(value: Json): Placeholder | null {
  return search(value, [], goExpression, freeTextForBraces) ?? search(value, [], variable, freeText);
}

function search(value: Json, path: Path, pattern: RegExp, skip: ReadonlySet<string>): Placeholder | null {
  if (typeof value === "string") {
    const match = pattern.exec(value);
    return match && { path, part: "value", reason: reasonFor(match[0]) };
  }
  for (const [key, entry] of childrenOf(value)) {
    if (typeof key === "string" && skip.has(key)) continue;
    const match = typeof key === "string" ? pattern.exec(key) : null;
    if (match !== null) return { path: [...path, key], part: "key", reason: reasonFor(match[0]) };
    const inside = search(entry, [...path, key], pattern, skip);
    if (inside !== null) return inside;
  }
  return null;
}

function childrenOf(value: Json): Iterable<[string | number, Json]> {
  if (Array.isArray(value)) return value.entries();
  return isObject(value) ? Object.entries(value) : [];
}

function found(match: RegExpExecArray | null): Expression | null {
  if (match === null) return null;
  const text = match[0].trim();
  const start = match.index + match[0].indexOf(text);
  return { start, end: start + text.length, reason: reasonFor(text) };
}

function reasonFor(expression: string): string {
  const shown = expression.length > 60 ? `${expression.slice(0, 59)}…` : expression;
  return `\`${shown}\` has to be rendered first`;
}

/** The text with comments blanked out, so that offsets stay. */
function withoutComments(text: string): string {
  return text.replace(comment, (match) => " ".repeat(match.length));
}
