import { type CodePoints, codePoints } from "./code-points.ts";

/** Beyond the last cased script (Adlam); nothing above folds. */
const lastCased = 0x1e943;

/** How many table entries folding a set beyond ASCII may look at: what a budget is charged for it. */
export const foldingWork = 3000;

let cased: { readonly points: readonly number[]; readonly orbits: readonly (readonly number[])[] } | null =
  null;

/** `set` and every code point that `(?i)` treats as the same letter (Unicode simple case folding, as RE2 does). */
export function foldCase(set: CodePoints): CodePoints {
  const folded = [...set];
  for (let i = 0; i < set.length; i += 2) foldRange(set[i]!, set[i + 1]!, folded);
  return codePoints(folded);
}

function foldRange(low: number, high: number, into: number[]): void {
  for (let c = low; c <= Math.min(high, 0x7f); c++) {
    for (const same of asciiEquivalents(c)) into.push(same, same);
  }
  if (high < 0x80) return;
  cased ??= casedCodePoints();
  const { points, orbits } = cased;
  for (let i = firstAtLeast(points, Math.max(low, 0x80)); i < points.length && points[i]! <= high; i++) {
    for (const same of orbits[i]!) into.push(same, same);
  }
}

/** Expressions fold ASCII letters far more often than others: they need no table. K and S have a third form. */
function asciiEquivalents(c: number): readonly number[] {
  const lower = c | 0x20;
  if (lower < 0x61 || lower > 0x7a) return [];
  const pair = [lower, lower - 0x20];
  if (lower === 0x6b) pair.push(0x212a);
  if (lower === 0x73) pair.push(0x17f);
  return pair;
}

/** Every code point with a case, in order, and the code points it is joined to by single-character upper and lower case. */
function casedCodePoints() {
  const orbitOf = new Map<number, number[]>();
  const join = (a: number, b: number) => {
    const left = orbitOf.get(a) ?? [a];
    const right = orbitOf.get(b) ?? [b];
    if (left === right) return;
    const joined = [...left, ...right];
    for (const c of joined) orbitOf.set(c, joined);
  };
  for (let c = 0x41; c <= lastCased; c++) {
    // Dotted and dotless i fold only in Turkish, which simple folding leaves out.
    if (c === 0x130 || c === 0x131 || (c >= 0xd800 && c <= 0xdfff)) continue;
    const text = String.fromCodePoint(c);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      const code = other.codePointAt(0)!;
      if (other !== text && String.fromCodePoint(code) === other) join(c, code);
    }
  }
  const points = [...orbitOf.keys()].sort((a, b) => a - b);
  return { points, orbits: points.map((c) => orbitOf.get(c)!) };
}

function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
