export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** A piece of a line and how it looks. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** Colours a text, or leaves it alone where colours are not wanted. */
export type Paint = (text: string, style?: Style) => string;

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export function painter(colours: boolean): Paint {
  return (text, style) => (colours && style !== undefined ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

/** Text without what would move the cursor, change the terminal or turn the writing direction. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ");
}

/** Breaks spans into painted lines of at most `width` characters, each after `indent`. Longer words stand alone. */
export function wrapped(spans: readonly Span[], width: number, indent: string, paint: Paint): string[] {
  const lines: Span[][] = [];
  let line: Span[] = [];
  let room = 0;
  for (const word of words(spans)) {
    const size = word.reduce((sum, { text }) => sum + text.length, 0);
    if (line.length === 0 || size + 1 > room) {
      line = [...word];
      lines.push(line);
      room = width - indent.length - size;
    } else {
      line.push({ ...word[0], text: " " }, ...word);
      room -= size + 1;
    }
  }
  return lines.map(
    (pieces) =>
      indent +
      joined(pieces)
        .map(({ text, style }) => paint(text, style))
        .join(""),
  );
}

/** Neighbours that look alike become one span: fewer escape sequences. */
function joined(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last?.style === span.style && last !== undefined)
      merged[merged.length - 1] = { ...last, text: last.text + span.text };
    else merged.push(span);
  }
  return merged;
}

/** A word may be of several spans, as a code span and the full stop after it. */
function words(spans: readonly Span[]): Span[][] {
  const found: Span[][] = [[]];
  for (const { text, ...look } of spans) {
    for (const piece of visible(text).split(/(\s+)/)) {
      if (/^\s+$/.test(piece)) found.push([]);
      else if (piece !== "") found.at(-1)?.push({ text: piece, ...look });
    }
  }
  return found.filter((word) => word.length > 0);
}
