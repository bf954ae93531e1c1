import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const generated = ["src/policy/packs.generated.ts", "policies/schema.json", "policies/RULES.md"];

it("generated files are what their sources say", () => {
  const before = generated.map((path) => readFileSync(join(root, path), "utf8"));
  execFileSync("npm", ["run", "--silent", "generate"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const after = generated.map((path) => readFileSync(join(root, path), "utf8"));
  expect(after).toEqual(before);
});
