import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Evaluation, evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { checkReport } from "../../src/report/check-run.ts";
import type { ReportContext } from "../../src/report/context.ts";

/**
 * A case is a folder: base/ and head/ are the two states, policy.yaml the organisation's policy (without it: the pack
 * `recommended`, enforcing), expected.md what the user sees. `vitest -u` writes expected.md anew; read it as a user would.
 */
const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: rule }) =>
    readdirSync(join(import.meta.dirname, rule)).map((name) => ({
      rule,
      name,
      folder: join(import.meta.dirname, rule, name),
    })),
  );

describe("cases of the rules", () => {
  it.each(folders)("$rule: $name", async ({ folder }) => {
    const evaluation = evaluate(
      { base: files(join(folder, "base")), head: files(join(folder, "head")), unreadable: [] },
      policyOf(folder),
      { now: Date.parse("2026-11-22T12:00:00Z") },
    );
    await expect(rendered(evaluation)).toMatchFileSnapshot(join(folder, "expected.md"));
  });
});

function files(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".yaml"),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

function policyOf(folder: string) {
  const path = join(folder, "policy.yaml");
  const absent = { kind: "absent", source: "policy.yaml" } as const;
  const text = existsSync(path) ? readFileSync(path, "utf8") : null;
  const file =
    text === null ? absent : ({ kind: "file", source: "policy.yaml", commit: null, text } as const);
  return effectivePolicy(policyLayers(file, absent), "enforce");
}

function rendered(evaluation: Evaluation): string {
  const report = checkReport(evaluation, context);
  return `${report.conclusion}: ${report.title}\n\n${report.summary}\n\n---\n\n${report.text}\n`;
}

const context: ReportContext = {
  pull: {
    number: 1,
    nodeId: "PR_1",
    state: "open",
    title: "A change",
    author: "alice",
    url: "https://github.example/acme/mesh/pull/1",
    baseRef: "main",
    baseTip: "a".repeat(40),
    head: "b".repeat(40),
    testMerge: null,
    defaultBranch: "main",
    sameHead: [1],
    repositoryPolicy: { kind: "absent", source: "acme/mesh:.github/sluice.yaml" },
    ownComments: [],
    conversation: { repository: 1, pull: 1, head: "", author: null, comments: [], reviews: [] },
    commentedFingerprints: new Set(),
  },
  comparison: { mergeBase: "a".repeat(40), patches: new Map() },
  headOwn: new Set(),
};
