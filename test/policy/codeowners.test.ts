import { expect, it } from "vitest";
import { ownersOf } from "../../src/policy/approvals/codeowners.ts";

const file = `
# the last line that matches decides
*            @everybody
*.js         @js
/build/logs/ @doctor
docs/*       @docs
apps/        @apps
/scripts/**  @scripts
**/deep/x    @deep
/apps/github
!/apps/x     @never
/spa[ce]d    @never
mail.txt     somebody@example.com
`;

it.each([
  ["readme.md", ["@everybody"]],
  ["a/b/c.js", ["@js"]],
  ["build/logs/a/b.log", ["@doctor"]],
  ["x/build/logs/b.log", ["@everybody"]],
  ["docs/a.md", ["@docs"]],
  ["docs/a/b.md", ["@everybody"]],
  ["x/apps/y/z.yaml", ["@apps"]],
  ["scripts/a/b", ["@scripts"]],
  ["a/b/deep/x", ["@deep"]],
  ["apps/github/x", []],
  ["mail.txt", []],
])("%s is owned by %j", (path, owners) => {
  expect(ownersOf(file, path)).toEqual(owners);
});

it("a file that GitHub would not load owns nothing", () => {
  expect(ownersOf(`* @everybody\n${"#".repeat(3 * 1024 * 1024)}`, "a")).toEqual([]);
});
