import { codePointsOf } from "./code-points.ts";
import { RegexSyntaxError } from "./regex-syntax.ts";

/** The modes that `(?ims)` switches; `U` only swaps greediness and changes no language. */
export interface Flags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotMatchesNewline: boolean;
}

/** A place in the text of an expression. */
export class RegexCursor {
  private readonly source: readonly number[];
  position = 0;

  constructor(text: string) {
    this.source = codePointsOf(text);
  }

  get done(): boolean {
    return this.position >= this.source.length;
  }

  /** The character `ahead` of here, or `""` past the end. */
  peek(ahead = 0): string {
    const code = this.source[this.position + ahead];
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  /** Whether the text goes on with `text` (ASCII). */
  at(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.source[this.position + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Moves behind `text` if the expression goes on with it. */
  skip(text: string): boolean {
    if (!this.at(text)) return false;
    this.position += text.length;
    return true;
  }

  /** The next code point; a syntax error past the end. */
  take(): number {
    const code = this.source[this.position];
    if (code === undefined) throw new RegexSyntaxError("unexpected end of the expression");
    this.position++;
    return code;
  }

  /** The text up to `end`, which is skipped too. */
  takeUntil(end: string): string {
    let text = "";
    while (!this.at(end)) text += String.fromCodePoint(this.take());
    this.position += end.length;
    return text;
  }
}
