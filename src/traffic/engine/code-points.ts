/** A set of code points as flat pairs `[low, high, low, high, …]`: inclusive, sorted, disjoint, never touching. */
export type CodePoints = readonly number[];

export const maxCodePoint = 0x10ffff;
export const everyCodePoint: CodePoints = [0, maxCodePoint];

/** The set that any list of `[low, high, …]` pairs, in any order and overlapping, stands for. */
export function codePoints(pairs: readonly number[]): CodePoints {
  const ranges: [number, number][] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i]! <= pairs[i + 1]!) ranges.push([pairs[i]!, pairs[i + 1]!]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of ranges) {
    const last = merged.length - 1;
    if (last >= 0 && low <= merged[last]! + 1) merged[last] = Math.max(merged[last]!, high);
    else merged.push(low, high);
  }
  return merged;
}

/** Every code point that is not in `set`. */
export function complement(set: CodePoints): CodePoints {
  const rest: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) rest.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= maxCodePoint) rest.push(next, maxCodePoint);
  return rest;
}

/** Whether `codePoint` is in `set`. */
export function includes(set: CodePoints, codePoint: number): boolean {
  let low = 0;
  let high = (set.length >> 1) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < set[2 * middle]!) high = middle - 1;
    else if (codePoint > set[2 * middle + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** The code points of `text`, in order. */
export function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

/** Matches the texts that consist of `set` alone. */
export function textsOver(set: CodePoints): RegExp {
  const ranges: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    ranges.push(`\\u{${set[i]!.toString(16)}}-\\u{${set[i + 1]!.toString(16)}}`);
  }
  return new RegExp(`^[${ranges.join("")}]*$`, "u");
}
