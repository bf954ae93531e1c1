import { expect, it } from "vitest";
import { commentableLines } from "../../src/report/diff-lines.ts";

it("knows the lines of the new side that a patch shows", () => {
  const patch =
    "@@ -1,4 +1,5 @@\n a\n-b\n+B\n+C\n d\n e\n@@ -20,2 +21,1 @@ spec:\n-x\n y\n\\ No newline at end of file";
  expect([...commentableLines(patch)]).toEqual([1, 2, 3, 4, 5, 21]);
});

it("has no line for a file without a patch", () => {
  expect(commentableLines(undefined).size).toBe(0);
});
