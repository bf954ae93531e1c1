import type { Rule } from "./rule-space.ts";

/** The rules of a longest common subsequence of two lists, each free of repetitions. */
export function commonRules(base: readonly Rule[], head: readonly Rule[]): Set<Rule> {
  const positions = new Map(base.map((rule, position) => [rule, position]));
  const common = longestIncreasing(head.map((rule) => positions.get(rule) ?? -1));
  return new Set(common.map((i) => head[i]!));
}

/** Indexes of a longest strictly increasing subsequence of the values that are not negative (patience sorting). */
function longestIncreasing(values: readonly number[]): number[] {
  const tails: number[] = [];
  const previous = new Int32Array(values.length).fill(-1);
  values.forEach((value, i) => {
    if (value < 0) return;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) previous[i] = tails[low - 1]!;
    tails[low] = i;
  });
  const indexes: number[] = [];
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i]!) indexes.push(i);
  return indexes.reverse();
}
