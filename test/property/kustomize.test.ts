import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { built } from "../kustomize/built.ts";
import { type Files, repository } from "../kustomize/generate/repository.ts";
import { kubectlBuilds, whyNotAsked } from "../kustomize/kubectl.ts";

/**
 * Generated repositories combine what nobody would, and still bring rare differences to light, such as how a label is quoted
 * after several patches. Until the last is mended, only a long run looks for them; the corpus holds what is known.
 */
const isLong = process.env.SLUICE_LONG === "1";

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
  const obstacle = isLong ? whyNotAsked() : "a long run compares with kubectl: SLUICE_LONG=1";
  if (obstacle !== null) skip(obstacle);
  fc.assert(
    fc.property(repository, (files) => {
      expect(built(files, "overlay").text).toBe(kubectlPrints(files));
    }),
    { numRuns: 5_000 },
  );
});
