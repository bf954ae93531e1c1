import { describe, expect, it } from "vitest";
import type { Tree } from "../../src/github/port.ts";
import { mergeResult } from "../../src/merge-result.ts";

/** A tree written as `a1 b2`: path and content in one word. */
function tree(words: string): Tree {
  const entries = words
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => ({ path: word[0]!, sha: word, kind: "file" as const, size: 1 }));
  return { entries, complete: true };
}

const content = (entries: ReadonlyMap<string, { sha: string }>) =>
  [...entries.values()]
    .map(({ sha }) => sha)
    .sort()
    .join(" ");

describe("what the base branch becomes", () => {
  it.each([
    ["only the head changed it", "a1", "a1", "a2", "a2"],
    ["only the base moved", "a2", "a1", "a1", "a2"],
    ["both made the same change", "a2", "a1", "a2", "a2"],
    ["the head adds", "", "", "a1", "a1"],
    ["the head deletes", "a1", "a1", "", ""],
    ["the base deleted, the head left it alone", "", "a1", "a1", ""],
    ["the head renames", "a1", "a1", "b1", "b1"],
  ])("%s", (_name, baseTip, mergeBase, head, expected) => {
    const result = mergeResult(tree(baseTip), tree(mergeBase), tree(head), null);
    expect(content(result.after)).toBe(expected);
    expect(result.conflicting).toEqual([]);
  });

  it("asks for a test merge where both changed a file, and says so when there is none", () => {
    expect(mergeResult(tree("a2"), tree("a1"), tree("a3"), null).conflicting).toEqual(["a"]);
    const merged = mergeResult(tree("a2"), tree("a1"), tree("a3"), tree("a4"));
    expect(content(merged.after)).toBe("a4");
    expect(merged.conflicting).toEqual([]);
    expect(merged.headOwn.has("a")).toBe(false);
  });

  it("a file deleted on one side and changed on the other needs the test merge too", () => {
    expect(mergeResult(tree(""), tree("a1"), tree("a2"), null).conflicting).toEqual(["a"]);
    expect(mergeResult(tree("a2"), tree("a1"), tree(""), null).conflicting).toEqual(["a"]);
  });
});
