import type { Range } from "./source.ts";

/** Turns offsets of one file's text into lines and columns. */
export class Positions {
  readonly #file: string;
  readonly #text: string;
  /** Offsets at which lines begin; found when the first position is asked for. */
  #lines: number[] | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** The range from `start` to `end` (exclusive); a range that ends behind a line break ends before it. */
  range(start: number, end: number): Range {
    let last = Math.max(start, end);
    while (last > start && (this.#text[last - 1] === "\n" || this.#text[last - 1] === "\r")) last -= 1;
    const from = this.#at(start);
    const to = this.#at(last);
    return { file: this.#file, ...from, endLine: to.line, endColumn: to.column };
  }

  #at(offset: number): { line: number; column: number } {
    this.#lines ??= lineStarts(this.#text);
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
