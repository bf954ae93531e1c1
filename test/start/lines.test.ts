import { expect, test } from "vitest";
import type { ReviewComment } from "../github/index.ts";
import { presentLine } from "./line-comments.ts";
import { patchLines } from "./patch.ts";

test("each line of a patch knows its numbers on both sides", () => {
  const patch = "@@ -3,3 +3,3 @@ spec:\n a\n-b\n+c\n\\ No newline at end of file\n@@ -9 +9,2 @@\n d\n+e";
  expect(patchLines(patch).map(({ kind, left, right, text }) => [kind, left, right, text])).toEqual([
    ["hunk", null, null, "@@ -3,3 +3,3 @@ spec:"],
    ["context", 3, 3, "a"],
    ["removed", 4, null, "b"],
    ["added", null, 4, "c"],
    ["remark", null, null, "No newline at end of file"],
    ["hunk", null, null, "@@ -9 +9,2 @@"],
    ["context", 9, 9, "d"],
    ["added", null, 10, "e"],
  ]);
});

const comment = (line: number, hunk: string) => ({ side: "RIGHT", line, hunk }) as ReviewComment;

test.each([
  ["stays on its line", comment(4, "@@ -3 +3,2 @@\n a\n+weight: 60"), "@@ -3 +3,2 @@\n a\n+weight: 60", 4],
  [
    "moves with its line",
    comment(4, "@@ -3 +3,2 @@\n a\n+weight: 60"),
    "@@ -3 +3,3 @@\n a\n+new\n+weight: 60",
    5,
  ],
  ["chooses the nearest of equal lines", comment(4, "@@ -4 +4 @@\n+x"), "@@ -1 +1,4 @@\n+x\n+y\n+x\n+z", 3],
  [
    "is outdated when its line is gone",
    comment(4, "@@ -3 +3,2 @@\n a\n+weight: 60"),
    "@@ -3 +3,2 @@\n a\n+weight: 25",
    null,
  ],
  ["is outdated when its file is no longer part of the diff", comment(4, "@@ -4 +4 @@\n+x"), null, null],
])("a review comment %s", (_name, commented, patch, expected) => {
  expect(presentLine(commented, patch)).toBe(expected);
});
