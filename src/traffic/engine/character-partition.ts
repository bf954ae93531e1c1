import type { Budget } from "./budget.ts";
import { type CodePoints, includes, maxCodePoint } from "./code-points.ts";

/** Code points sorted into classes; characters of one class are interchangeable. */
export interface CharacterPartition {
  /** First code points of the intervals, ascending from 0. */
  readonly boundaries: readonly number[];
  /** The class of each interval; -1 outside the alphabet. */
  readonly classes: Int32Array;
  /** One character of each class: the first. */
  readonly samples: readonly number[];
}

/** The coarsest partition of `alphabet` in which all characters of a class are in the same sets. */
export function partitionBySets(
  alphabet: CodePoints,
  sets: readonly CodePoints[],
  budget: Budget,
): CharacterPartition {
  const boundaries = sortedBoundaries([alphabet, ...sets]);
  const signatures: string[] = new Array(boundaries.length).fill("");
  sets.forEach((set, k) => {
    let interval = 0;
    for (let i = 0; i < set.length; i += 2) {
      while (boundaries[interval]! < set[i]!) interval++;
      for (; interval < boundaries.length && boundaries[interval]! <= set[i + 1]!; interval++) {
        signatures[interval] += `${k} `;
      }
    }
    budget.spend(1 + interval);
  });
  return classify(boundaries, alphabet, (interval) => signatures[interval]!);
}

/** The coarsest partition of `alphabet` in which all characters of a class have the same `signature`. */
export function classify(
  boundaries: readonly number[],
  alphabet: CodePoints,
  signature: (interval: number) => string,
): CharacterPartition {
  const classes = new Int32Array(boundaries.length).fill(-1);
  const known = new Map<string, number>();
  const samples: number[] = [];
  boundaries.forEach((first, interval) => {
    if (!includes(alphabet, first)) return;
    const key = signature(interval);
    let found = known.get(key);
    if (found === undefined) {
      found = samples.push(first) - 1;
      known.set(key, found);
    }
    classes[interval] = found;
  });
  return { boundaries, classes, samples };
}

/** Where any of the sets begins or ends, ascending from 0. */
function sortedBoundaries(sets: readonly CodePoints[]): number[] {
  const starts = new Set([0]);
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) {
      starts.add(set[i]!);
      if (set[i + 1]! < maxCodePoint) starts.add(set[i + 1]! + 1);
    }
  }
  return [...starts].sort((a, b) => a - b);
}

/** The interval of `boundaries` that holds `codePoint`. */
export function intervalOf(boundaries: readonly number[], codePoint: number): number {
  let low = 0;
  let high = boundaries.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (boundaries[middle]! <= codePoint) low = middle;
    else high = middle - 1;
  }
  return low;
}
