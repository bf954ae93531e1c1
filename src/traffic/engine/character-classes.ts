import { type CodePoints, codePoints, complement, everyCodePoint } from "./code-points.ts";

export const digits: CodePoints = [0x30, 0x39];
export const wordCharacters: CodePoints = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
export const whitespace: CodePoints = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20];

/** `[:name:]` inside brackets; ASCII only, as RE2 defines them. */
export const posixClasses: ReadonlyMap<string, CodePoints> = new Map(
  Object.entries({
    alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
    alpha: [0x41, 0x5a, 0x61, 0x7a],
    ascii: [0, 0x7f],
    blank: [0x09, 0x09, 0x20, 0x20],
    cntrl: [0, 0x1f, 0x7f, 0x7f],
    digit: digits,
    graph: [0x21, 0x7e],
    lower: [0x61, 0x7a],
    print: [0x20, 0x7e],
    punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
    space: [0x09, 0x0d, 0x20, 0x20],
    upper: [0x41, 0x5a],
    word: wordCharacters,
    xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
  }),
);

const known = new Map<string, CodePoints | null>([["Any", everyCodePoint]]);

/** The code points of `\p{name}` (a general category or a script), or null when RE2 knows no such class. */
export function unicodeClass(name: string): CodePoints | null {
  let set = known.get(name);
  if (set === undefined) {
    set = computeUnicodeClass(name);
    // Names come from manifests; real ones are few, so made-up ones are the only way to fill this table.
    if (set !== null) known.set(name, set);
  }
  return set;
}

function computeUnicodeClass(name: string): CodePoints | null {
  // The names RE2 knows are a subset of ECMAScript's: no long category names, no Cn, no LC.
  if (!/^[A-Z][A-Za-z_]*$/.test(name) || name === "Cn" || name === "LC") return null;
  // RE2's C leaves out unassigned code points (Cn), which ECMAScript's includes.
  if (name === "C") return scan(/[\p{Cc}\p{Cf}\p{Co}]+/gu);
  for (const property of name.length <= 2 ? [name, `Script=${name}`] : [`Script=${name}`]) {
    try {
      return scan(new RegExp(`\\p{${property}}+`, "gu"));
    } catch {
      // Not this kind of property; perhaps the next.
    }
  }
  return null;
}

/** Planes 4 to 13 hold no assigned code point. */
const assignedPlanes = [0, 1, 2, 3, 14, 15, 16];
const planeTexts = new Map<number, string>();

/** Runs of matching code points: one native search over each plane is far faster than a million tests. */
function scan(run: RegExp): CodePoints {
  const pairs: number[] = [];
  for (const plane of assignedPlanes) {
    const codeUnits = plane === 0 ? 1 : 2;
    for (const match of planeText(plane).matchAll(run)) {
      const low = plane * 0x10000 + match.index / codeUnits;
      pairs.push(low, low + match[0].length / codeUnits - 1);
    }
  }
  return codePoints(pairs);
}

/** All code points of a plane; lone surrogates, which no request can carry, are replaced by an unassigned one. */
function planeText(plane: number): string {
  let text = planeTexts.get(plane);
  if (text === undefined) {
    const blocks = Array.from({ length: 16 }, (_, block) =>
      String.fromCodePoint(
        ...Array.from({ length: 0x1000 }, (_, i) => {
          const c = plane * 0x10000 + block * 0x1000 + i;
          return c >= 0xd800 && c <= 0xdfff ? 0xffff : c;
        }),
      ),
    );
    text = blocks.join("");
    planeTexts.set(plane, text);
  }
  return text;
}

/** `set`, or everything else when `negated`. */
export function negatedIf(negated: boolean, set: CodePoints): CodePoints {
  return negated ? complement(set) : set;
}
