import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { built } from "../kustomize/built.ts";
import { type Files, repository } from "../kustomize/generate/repository.ts";
import { kubectlBuilds, whyNotAsked } from "../kustomize/kubectl.ts";

/** A long run draws new repositories each time; a short one the same, so that it holds what was found. */
const draws = process.env.SLUICE_LONG === "1" ? { numRuns: 5_000 } : { numRuns: 100, seed: 5_5_0 };

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

test("what is generated is built as kubectl builds it, or by neither", ({ skip }) => {
  const obstacle = whyNotAsked();
  if (obstacle !== null) skip(obstacle);
  fc.assert(
    fc.property(repository, (files) => {
      expect(built(files, "overlay").text).toBe(kubectlPrints(files));
    }),
    draws,
  );
});
