/**
 * The same text with every quoted scalar on one line, at the same offsets. Kubernetes' reader does not look at the
 * indentation of the lines that go on between quotes (libyaml `yaml_parser_scan_flow_scalar`), and
 *
 *     description: 'APIVersion defines the versioned schema of this representation
 *     of an object'
 *
 * is how generated CustomResourceDefinitions are written, while YAML 1.2, and so js-yaml, wants it further in than its
 * key. Text of block scalars is left alone.
 */
export function withQuotesOnOneLine(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (const offset of lineBreaksInQuotes(text)) {
    parts.push(text.slice(copied, offset), " ");
    copied = offset + 1;
  }
  return parts.join("") + text.slice(copied);
}

/** Where a line may open a quoted scalar: behind dashes, a key, an anchor or a tag. */
const opening =
  /^ *(?:- +)*(?:(?:[^\s'"#-][^'"#]*?|-[^\s'"#][^'"#]*?|"[^"]*"|'[^']*') *: +)?(?:[&!]\S+ +)*(?=['"])/;
const blockHeader = /(?:^|[\s])[|>][-+0-9]*[ \t]*(?:#.*)?$/;

/** Offsets of the line breaks, in order. */
function* lineBreaksInQuotes(text: string): Generator<number> {
  /** A block scalar goes on as long as lines are indented further than this. */
  let block = Number.POSITIVE_INFINITY;
  let start = 0;
  while (start < text.length) {
    const end = endOfLine(text, start);
    const line = text.slice(start, end);
    const indent = line.search(/\S/);
    if (indent >= 0 && indent <= block) {
      block = Number.POSITIVE_INFINITY;
      const quote = start + (opening.exec(line)?.[0].length ?? Number.NaN);
      const closing = Number.isNaN(quote) ? -1 : closingQuote(text, quote);
      if (closing > end) {
        for (let at = end; at < closing; at = endOfLine(text, at + 1)) yield at;
        start = endOfLine(text, closing) + 1;
        continue;
      }
      if (closing < 0 && blockHeader.test(line)) block = columnOfParent(line);
    }
    start = end + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The quote that ends the scalar which another opens; -1: none does. */
function closingQuote(text: string, open: number): number {
  const isSingle = text[open] === "'";
  const marks = isSingle ? /'/g : /["\\]/g;
  marks.lastIndex = open + 1;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    // Two single quotes are one of the text; behind a backslash anything is.
    const isEscape = isSingle ? text[mark.index + 1] === "'" : mark[0] === "\\";
    if (!isEscape) return mark.index;
    marks.lastIndex = mark.index + 2;
  }
  return -1;
}

/** The column that the text of a block scalar stands further in than: that of its key, or of its dash. */
function columnOfParent(line: string): number {
  const [lead = ""] = /^ *(?:- +)*/.exec(line) ?? [];
  const isItem = /^[|>]/.test(line.slice(lead.length));
  return isItem ? lead.lastIndexOf("-") : lead.length;
}
