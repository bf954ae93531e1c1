import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { type Paint, type Span, type Style, visible, wrapped } from "./text.ts";

/** Markdown as lines for a terminal of `width` columns. Tables become records, since few fit; links keep their text. */
export function markdownLines(text: string, width: number, indent: string, paint: Paint): string[] {
  return blocks(lexer(text, { gfm: true }), { width, indent, paint });
}

interface Room {
  readonly width: number;
  readonly indent: string;
  readonly paint: Paint;
}

function blocks(tokens: readonly Token[], room: Room): string[] {
  let above: string | null = null;
  return tokens.flatMap((token) => {
    const lines = block(token as MarkedToken, room);
    if (lines.length === 0) return [];
    const distance = above === null || above === "heading" ? [] : [""];
    above = token.type;
    return [...distance, ...lines];
  });
}

function block(token: MarkedToken, room: Room): string[] {
  const { width, indent, paint } = room;
  switch (token.type) {
    case "heading":
      return wrapped(spans(token.tokens, "bold"), width, indent, paint);
    case "list":
      return token.items.flatMap((item, index) =>
        listItem(item, token.ordered ? `${index + 1}. ` : "• ", room),
      );
    case "table":
      return table(token, room);
    case "code":
      return token.text.split("\n").map((line) => `${indent}  ${paint(visible(line), "cyan")}`);
    case "blockquote":
      return blocks(token.tokens, { ...room, indent: `${indent}│ ` });
    case "html":
      return [];
    case "paragraph":
    case "text":
      return wrapped(spans(token.tokens ?? [token]), width, indent, paint);
    default:
      return [];
  }
}

function listItem(item: Tokens.ListItem, bullet: string, room: Room): string[] {
  const inner = { ...room, indent: room.indent + " ".repeat(bullet.length) };
  const [first = "", ...rest] = item.tokens.flatMap((token) => block(token as MarkedToken, inner));
  return [`${room.indent}${bullet}${first.slice(inner.indent.length)}`, ...rest];
}

/** The first cell heads a record; the others stand below it, each after its column's name. */
function table({ header, rows }: Tokens.Table, { width, indent, paint }: Room): string[] {
  const longest = Math.max(...header.slice(1).map(({ text }) => text.length));
  return rows.flatMap((row, index) => {
    const [head, ...cells] = row;
    const heading = splitAtBreaks(spans(head?.tokens ?? []));
    return [
      ...(index === 0 ? [] : [""]),
      ...heading.flatMap((line, at) =>
        wrapped(at === 0 ? line : dimmed(line), width, at === 0 ? indent : `${indent}  `, paint),
      ),
      ...cells.flatMap((cell, column) => {
        const name = header[column + 1]?.text ?? "";
        const inner = `${indent}  ${" ".repeat(longest)}  `;
        const lines = splitAtBreaks(spans(cell.tokens)).flatMap((line) => wrapped(line, width, inner, paint));
        return lines.map((line, at) =>
          at === 0
            ? `${indent}  ${paint(visible(name).padEnd(longest), "dim")}  ${line.slice(inner.length)}`
            : line,
        );
      }),
    ];
  });
}

const lineBreak = "\u2028";

function spans(tokens: readonly Token[], style?: Style): Span[] {
  return tokens.flatMap((generic): Span[] => {
    const token = generic as MarkedToken;
    const styled = (text: string, own?: Style): Span[] => {
      const look = own ?? style;
      return [look === undefined ? { text } : { text, style: look }];
    };
    switch (token.type) {
      case "codespan":
        return styled(token.text, style ?? "cyan");
      case "strong":
        return spans(token.tokens, "bold");
      case "em":
      case "del":
      case "link":
        return spans(token.tokens, style);
      case "br":
        return [{ text: lineBreak }];
      case "html":
        return /^<br\s*\/?>$/i.test(token.text) ? [{ text: lineBreak }] : styled(withoutComments(token.text));
      case "text":
        return token.tokens ? spans(token.tokens, style) : styled(characters(token.text));
      default:
        return "text" in token ? styled(token.text) : [];
    }
  });
}

function splitAtBreaks(line: readonly Span[]): Span[][] {
  const lines: Span[][] = [[]];
  for (const span of line) {
    if (span.text === lineBreak) lines.push([]);
    else lines.at(-1)?.push(span);
  }
  return lines;
}

const dimmed = (line: readonly Span[]): Span[] => line.map(({ text }) => ({ text, style: "dim" }));
const withoutComments = (text: string) => text.replace(/<!--[\s\S]*?(?:-->|$)/g, "");

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

/** Character references of the text as the characters they stand for. */
function characters(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|nbsp);/g, (whole, name: string) => named[name] ?? whole);
}
