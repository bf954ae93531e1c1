import type { Node } from "./node.ts";
import type { Path, Spelling } from "./source.ts";

/** A stretch of a document's text: offsets, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds where `path` is written. Keys and values that came through an alias or a merge key are found where they
 * are defined. What does not exist, or exists without text (`a:`), is answered with the key of the deepest node
 * that does.
 */
export function spanOf(root: Node, text: string, path: Path, part: "key" | "value"): Span {
  let node = root;
  let head: Span = firstLine(root, text);
  for (const step of path) {
    const child = childOf(node, step, text);
    if (child === undefined) return head;
    node = child.node;
    if (child.head.start >= 0) head = child.head;
  }
  return part === "key" || node.start < 0 ? head : { start: node.start, end: endOf(node, text) };
}

/** How the scalar at a path that exists is spelled. */
export function spellingOf(root: Node, text: string, path: Path): Spelling {
  let node: Node | undefined = root;
  for (const step of path) node = node && childOf(node, step, text)?.node;
  if (node === undefined || node.start < 0) return { plain: "", isQuoted: false };
  const isBlock = blockHeader.test(text.slice(Math.max(node.start - longestHeader, 0), node.start));
  const isQuoted = isBlock || text[node.start] === '"' || text[node.start] === "'";
  return { plain: isQuoted ? "" : text.slice(node.start, node.end), isQuoted };
}

/** What stands before the text of a literal or folded scalar. */
const blockHeader = /[|>][-+\d]*[ \t]*(?:#[^\n]*)?\r?\n\s*$/;
const longestHeader = 1_000;

/** A child and what stands for it: its key, or the beginning of a list item. */
function childOf(parent: Node, step: string | number, text: string): { node: Node; head: Span } | undefined {
  const entry = parent.entries?.findLast(({ key }) => key === String(step));
  if (entry !== undefined) return { node: entry.node, head: entry.keyNode };
  const item = typeof step === "number" ? parent.items?.[step] : undefined;
  return item && { node: item, head: item.start < 0 ? item : firstLine(item, text) };
}

/** A node as far as its first line goes: enough to point at a list item without painting all of it. */
function firstLine(node: Node, text: string): Span {
  const start = Math.max(node.start, 0);
  const rest = /[^\r\n]*/y;
  rest.lastIndex = start;
  const line = start + (rest.exec(text)?.[0].trimEnd().length ?? 0);
  return { start, end: node.end < 0 ? line : Math.min(node.end, line) };
}

/** Where a node ends. For a flow collection that is its closing bracket, which stands behind the last child. */
function endOf(node: Node, text: string): number {
  if (node.end >= 0) return node.end;
  let end = node.start;
  for (const child of node.items ?? node.entries?.flatMap((entry) => [entry.keyNode, entry.node]) ?? []) {
    // Merged entries stand elsewhere, so only what lies behind the start counts.
    if (child.start >= end) end = endOf(child, text);
  }
  const opening = text[node.start];
  if (opening !== "[" && opening !== "{") return Math.max(end, node.start + 1);
  const closing = opening === "[" ? "]" : "}";
  return closingBracket(text, end === node.start ? end + 1 : end, closing);
}

/** Between the last child and the bracket only spaces, a comma or colon and comments can stand. */
function closingBracket(text: string, from: number, closing: string): number {
  let at = from;
  while (at < text.length && text[at] !== closing) {
    if (text[at] === "#") {
      const newline = text.indexOf("\n", at);
      at = newline < 0 ? text.length : newline;
    } else at += 1;
  }
  return Math.min(at + 1, text.length);
}
