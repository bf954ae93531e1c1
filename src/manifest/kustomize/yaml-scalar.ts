/** Scalars as `goyaml.v2` writes them: which style a text takes, and where its lines break. */
import { plainScalar } from "../scalar.ts";
import { YamlError } from "../yaml-error.ts";

/** Behind which column a text is broken at its next space. */
const width = 80;

const leastInteger = -(2n ** 63n);
const greatestInteger = 2n ** 64n - 1n;

/** Integers of 64 bits in full, other numbers as floats. */
export function numberText(value: number): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) {
    // Of a float's digits only those that count were kept on the way: the rest are zeros.
    const integer = BigInt(text);
    if (integer >= leastInteger && integer <= greatestInteger) return text;
  }
  return floatText(value);
}

/** A number as Go's `FormatFloat(value, 'g', -1, 64)`: exponents begin at a million, and have two digits. */
export function floatText(value: number): string {
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  // As long as the exponent is no less than -4, JavaScript writes a decimal as well.
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/**
 * A text in the simplest style that reads as the same text again. `column` is where it begins, `indent` where its line does;
 * `breaks` tells whether it may go on over several lines.
 */
export function stringText(text: string, column: number, indent: number, breaks: boolean): string {
  const { plain, single, literal } = allowed(text);
  if (text.includes("\n") && breaks && literal) return literalText(text, indent);
  if (text.includes("\n") || !readsAsText(text)) return doubleQuoted(text, indent, column, breaks);
  if (plain && (text !== "" || breaks)) return folded(text, indent, column, breaks);
  return single
    ? `'${folded(text.replaceAll("'", "''"), indent, column + 1, breaks, true)}'`
    : doubleQuoted(text, indent, column, breaks);
}

const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ]\d{1,2}:\d{1,2}:\d{1,2})/;

/** Whether the text, unquoted, would be read as a text again. */
function readsAsText(text: string): boolean {
  if (text === "" || sexagesimal.test(text) || timestamp.test(text)) return false;
  try {
    return typeof plainScalar(text) === "string";
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}

/** In which styles a text can be written (emitterc.go yaml_emitter_analyze_scalar). */
function allowed(text: string): { plain: boolean; single: boolean; literal: boolean } {
  if (text === "") return { plain: true, single: true, literal: false };
  const special = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text);
  const indicator =
    /^(?:---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?:[ \t\n\r]|$)/.test(text) ||
    /:(?:[ \t]|$)/.test(text) ||
    /[ \t\n\r]#/.test(text);
  const edges = /^[ \n\r]|[ \n\r]$/.test(text);
  const spaceBreak = / [\n\r\x85\u2028\u2029]/.test(text);
  const breakSpace = /[\n\r\x85\u2028\u2029] /.test(text);
  const multiline = /[\n\r\x85\u2028\u2029]/.test(text);
  const bad = special || spaceBreak;
  return {
    plain: !(bad || breakSpace || edges || multiline || indicator),
    single: !(bad || breakSpace),
    literal: !(bad || text.endsWith(" ")),
  };
}

/** Breaks a text at single spaces behind the width; a broken line begins at the indentation of what holds it. */
function folded(text: string, indent: number, column: number, breaks: boolean, quoted = false): string {
  if (!breaks || column + text.length <= width) return text;
  const pad = `\n${" ".repeat(indent + 2)}`;
  let at = column;
  let spaces = false;
  let out = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    const edge = quoted && (index === 0 || index === text.length - 1);
    if (character === " " && !spaces && at > width && text[index + 1] !== " " && !edge) {
      out += pad;
      at = pad.length - 1;
    } else {
      out += character;
      at += 1;
    }
    spaces = character === " ";
  }
  return out;
}

function literalText(text: string, indent: number): string {
  const pad = " ".repeat(indent + 2);
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = text.endsWith("\n\n") || text === "\n" ? "+" : text.endsWith("\n") ? "" : "-";
  const body = text.replace(/\n$/, "").split("\n");
  const lines = body.map((line) => (line === "" ? "" : pad + line));
  return [`|${hint}${chomp}`, ...lines].join("\n");
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

/** A text in double quotes, which can hold every character. */
export function doubleQuoted(text: string, indent: number, column: number, breaks: boolean): string {
  const pad = `\n${" ".repeat(indent + 2)}`;
  let at = column + 1;
  let spaces = false;
  let out = '"';
  const characters = [...text];
  for (const [index, character] of characters.entries()) {
    if (character === " " && breaks && !spaces && at > width && index > 0 && index < characters.length - 1) {
      const next = pad + (characters[index + 1] === " " ? "\\" : "");
      out += next;
      at = next.length - 1;
      spaces = true;
      continue;
    }
    const written = escapedCharacter(character);
    out += written;
    at += written.length;
    spaces = character === " ";
  }
  return `${out}"`;
}

function escapedCharacter(character: string): string {
  const point = character.codePointAt(0)!;
  const printable =
    /[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(character) && point <= 0xffff;
  if (printable && character !== '"' && character !== "\\") return character;
  const named = escapes[character];
  if (named !== undefined) return named;
  const hex = point.toString(16).toUpperCase();
  if (point <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return point <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
