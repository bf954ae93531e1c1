import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { answerBatch } from "../../src/cli/validate-batch.ts";

const root = resolve(import.meta.dirname, "../..", process.env.SLUICE_CONFORMANCE ?? "../shared");
const file = resolve(root, "istio-conformance/validation.json");

/** A manifest with the verdicts of the real Istio and of Kubernetes' own CRD validation. */
interface Case {
  readonly name: string;
  readonly class: string;
  readonly manifest: string;
  readonly valid: boolean;
  readonly warning: boolean;
  readonly crd_valid: boolean;
  readonly accepted: boolean;
}

interface Answer {
  readonly name: string;
  readonly accepted: boolean;
  readonly webhook: { readonly valid: boolean; readonly warnings: readonly unknown[] };
  readonly crd: { readonly valid: boolean };
}

if (existsSync(file)) {
  const cases: readonly Case[] = JSON.parse(readFileSync(file, "utf8"));
  const lines = cases.map(({ name, manifest }) => JSON.stringify({ name, manifest }));
  const answers: readonly Answer[] = answerBatch(lines.join("\n"))
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));

  describe("agrees with Istio and the API server", () => {
    test("answers every manifest, in order", () => {
      expect(answers.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
    });

    const verdicts: [string, (one: Case) => boolean, (answer: Answer) => boolean, number][] = [
      ["accepted", (one) => one.accepted, (answer) => answer.accepted, 0.998],
      ["webhook", (one) => one.valid, (answer) => answer.webhook.valid, 0.995],
      ["crd", (one) => one.crd_valid, (answer) => answer.crd.valid, 0.995],
      ["warnings", (one) => one.warning, (answer) => answer.webhook.warnings.length > 0, 0.995],
    ];
    test.each(verdicts)("%s", (verdict, theirs, ours, wanted) => {
      const different = cases
        .filter((one, index) => theirs(one) !== ours(answers[index]!))
        .map(({ name }) => name);
      const agreement = 1 - different.length / cases.length;
      console.log(
        `${verdict}: ${(100 * agreement).toFixed(2)} % of ${cases.length}; differ: ${different.join(", ") || "none"}`,
      );
      expect(agreement).toBeGreaterThanOrEqual(wanted);
    });

    test("refuses nothing that real repositories hold and Istio takes", () => {
      const alarms = cases.filter(
        (one, index) => one.class === "repo-yaml" && one.accepted && !answers[index]!.accepted,
      );
      expect(alarms.map(({ name }) => name)).toEqual([]);
    });
  });
} else {
  console.log(
    `No validation cases at ${file}: set SLUICE_CONFORMANCE to the folder that holds istio-conformance.`,
  );
  test("the validation cases are absent, nothing is compared", () => {
    expect(existsSync(file)).toBe(false);
  });
}
