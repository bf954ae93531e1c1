import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { built } from "../kustomize/built.ts";
import { type Files, repository } from "../kustomize/generate/repository.ts";
import { kubectlBuilds, whyNotAsked } from "../kustomize/kubectl.ts";

const isLong = process.env.SLUICE_LONG === "1";

/** An ordinary run draws the same few repositories every time: it holds what is known. A long one looks for more. */
const parameters = isLong ? { numRuns: 5_000 } : { numRuns: 40, seed: 1, endOnFailure: true };

/** Each repository is a run of kubectl, which takes a quarter of a second, and more on a busy machine. */
const timeout = isLong ? 2 * 3_600_000 : 120_000;

/** What kubectl prints of the overlay of a repository; null where it refuses. */
function kubectlPrints(files: Files): string | null {
  const folder = mkdtempSync(join(tmpdir(), "sluice-kustomize-"));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const answer = kubectlBuilds(folder, "overlay");
    return "text" in answer ? answer.text : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what is generated is built as kubectl builds it, or by neither", { timeout }, ({ skip }) => {
  const obstacle = whyNotAsked();
  if (obstacle !== null) skip(obstacle);
  fc.assert(
    fc.property(repository, (files) => {
      expect(built(files, "overlay").text).toBe(kubectlPrints(files));
    }),
    parameters,
  );
});
