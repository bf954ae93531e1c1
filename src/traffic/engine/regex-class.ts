import {
  digits,
  negatedIf,
  posixClasses,
  unicodeClass,
  whitespace,
  wordCharacters,
} from "./character-classes.ts";
import { type CodePoints, codePoints, maxCodePoint } from "./code-points.ts";
import type { RegexCursor } from "./regex-cursor.ts";
import { RegexSyntaxError } from "./regex-syntax.ts";

/** What `(?i)` does to a set: adds the other cases, or nothing. */
export type Fold = (set: CodePoints) => CodePoints;

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** `[…]` after its opening bracket. */
export function bracketClass(cursor: RegexCursor, fold: Fold): CodePoints {
  const negated = cursor.skip("^");
  const pairs: number[] = [];
  for (let first = true; first || !cursor.skip("]"); first = false) {
    const named = posixClass(cursor, fold) ?? (cursor.at("\\") ? escapedClass(cursor, fold) : null);
    pairs.push(...(named ?? fold(characterRange(cursor))));
  }
  return negatedIf(negated, codePoints(pairs));
}

function posixClass(cursor: RegexCursor, fold: Fold): CodePoints | null {
  if (!cursor.at("[:")) return null;
  const start = cursor.position;
  cursor.position += 2;
  let name = "";
  while (/^[^:\]]$/.test(cursor.peek())) name += String.fromCodePoint(cursor.take());
  if (!cursor.skip(":]")) {
    cursor.position = start;
    return null;
  }
  const negated = name.startsWith("^");
  const set = posixClasses.get(negated ? name.slice(1) : name);
  if (set === undefined) throw new RegexSyntaxError(`invalid character class [:${name}:]`);
  return negatedIf(negated, fold(set));
}

function characterRange(cursor: RegexCursor): CodePoints {
  const low = bracketCharacter(cursor);
  if (!cursor.at("-") || cursor.peek(1) === "]" || cursor.peek(1) === "") return [low, low];
  cursor.position++;
  const high = bracketCharacter(cursor);
  if (high < low) throw new RegexSyntaxError("invalid character class range");
  return [low, high];
}

function bracketCharacter(cursor: RegexCursor): number {
  return cursor.at("\\") ? escapedCharacter(cursor) : cursor.take();
}

/** `\d`, `\W`, `\pL`, `\p{Greek}` … at a backslash; null, and the cursor unmoved, when it escapes a character. */
export function escapedClass(cursor: RegexCursor, fold: Fold): CodePoints | null {
  const letter = cursor.peek(1);
  const perl = { d: digits, w: wordCharacters, s: whitespace }[letter.toLowerCase()];
  if (perl !== undefined) {
    cursor.position += 2;
    return negatedIf(letter !== letter.toLowerCase(), fold(perl));
  }
  if (letter !== "p" && letter !== "P") return null;
  cursor.position += 2;
  const name = cursor.skip("{") ? cursor.takeUntil("}") : String.fromCodePoint(cursor.take());
  const inverted = name.startsWith("^");
  const set = unicodeClass(inverted ? name.slice(1) : name);
  if (set === null) throw new RegexSyntaxError(`unknown character class \\p{${name}}`);
  return negatedIf((letter === "P") !== inverted, fold(set));
}

/** The character that an escape at a backslash stands for. */
export function escapedCharacter(cursor: RegexCursor): number {
  cursor.position++;
  const code = cursor.take();
  const character = String.fromCodePoint(code);
  if (character === "x") return hexadecimal(cursor);
  if (character >= "0" && character <= "7") return octal(cursor, code);
  const control = controls[character];
  if (control !== undefined) return control;
  if (code < 0x80 && !/[0-9A-Za-z]/.test(character)) return code;
  throw new RegexSyntaxError(`invalid escape sequence \\${character}`);
}

function hexadecimal(cursor: RegexCursor): number {
  const text = cursor.skip("{")
    ? cursor.takeUntil("}")
    : String.fromCodePoint(cursor.take()) + String.fromCodePoint(cursor.take());
  const value = /^[0-9A-Fa-f]+$/.test(text) ? Number.parseInt(text, 16) : Number.POSITIVE_INFINITY;
  if (value > maxCodePoint) throw new RegexSyntaxError(`invalid escape sequence \\x{${text}}`);
  return value;
}

/** `\1` alone would be a backreference, which RE2 refuses; `\12` and `\0` are octal. */
function octal(cursor: RegexCursor, first: number): number {
  const isOctal = () => /^[0-7]$/.test(cursor.peek());
  if (first !== 0x30 && !isOctal()) throw new RegexSyntaxError("backreferences are not supported");
  let value = first - 0x30;
  for (let i = 0; i < 2 && isOctal(); i++) value = value * 8 + cursor.take() - 0x30;
  return value;
}
