import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandIn } from "../../src/event/command.ts";
import { commandsMarkdown, commandTable } from "../../src/event/command-table.ts";

it("the README shows every command as help does", () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "..", "README.md"), "utf8");
  expect(readme).toContain(commandsMarkdown());
});

it.each(commandTable)("the example of $usage is one", ({ example }) => {
  expect(commandIn(example)).not.toBeNull();
  expect(commandIn(example)).not.toMatchObject({ kind: "malformed" });
});
