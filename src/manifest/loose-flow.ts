import { type CST, Parser } from "yaml";

/**
 * The same text with every `[…]` and `{…}` on one line, at the same offsets. Kubernetes' reader does not look at
 * indentation between brackets (libyaml `yaml_parser_unroll_indent`: "in the flow context, do nothing"), and
 *
 *     args: [
 *       --port=80
 *     ]
 *
 * is all over its manifests, while YAML 1.2, and so js-yaml, wants the bracket further in than its key. Items that stand
 * no further in than the key are left alone.
 */
export function withFlowsOnOneLine(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { offset, source } of lineBreaksInFlows(text)) {
    parts.push(text.slice(copied, offset), " ".repeat(source.length));
    copied = offset + source.length;
  }
  return parts.join("") + text.slice(copied);
}

/** Line breaks and comments between the items of flow collections, in order; those inside scalars are not among them. */
function lineBreaksInFlows(text: string): CST.SourceToken[] {
  const found: CST.SourceToken[] = [];
  const open: { readonly token: CST.Token; readonly isInFlow: boolean }[] = [];
  for (const token of new Parser().parse(text)) open.push({ token, isInFlow: false });
  // A stack of our own: brackets may nest deeper than the engine's.
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, isInFlow } = next;
    if (isInFlow && (token.type === "newline" || token.type === "comment"))
      found.push(token as CST.SourceToken);
    const inside = isInFlow || token.type === "flow-collection";
    for (const child of contentsOf(token)) open.push({ token: child, isInFlow: inside });
    // What follows a closing bracket on its line belongs to whatever holds the collection.
    for (const child of "end" in token ? (token.end ?? []) : []) open.push({ token: child, isInFlow });
  }
  return found.sort((a, b) => a.offset - b.offset);
}

function contentsOf(token: CST.Token): CST.Token[] {
  if (token.type === "document") return token.value ? [token.value] : [];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ start, key, sep, value }): CST.Token[] => [
    ...start,
    ...(sep ?? []),
    ...(key ? [key] : []),
    ...(value ? [value] : []),
  ]);
}
