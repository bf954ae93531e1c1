import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..", process.env.SLUICE_CONFORMANCE ?? "../shared");
const folder = join(root, "istio-conformance/semantics");

/**
 * One test that compares every case of a conformance file, prints how many agree and names the others.
 * `differs` answers with a line for each difference; `allowed` is how many there may be.
 */
export function conformance<Case>(
  file: string,
  title: string,
  differs: (given: Case) => readonly string[],
  allowed = 0,
): void {
  const path = join(folder, `${file}.json`);
  const present = existsSync(path);
  test(present ? title : `${file}: conformance data absent, nothing compared`, () => {
    if (!present) {
      console.warn(`conformance data is absent (set SLUICE_CONFORMANCE): ${file} was not compared`);
      return;
    }
    const cases: readonly Case[] = JSON.parse(readFileSync(path, "utf8"));
    const results = cases.map(differs);
    const agreeing = results.filter((differences) => differences.length === 0).length;
    const differences = results.flat();
    console.info([`${file}: ${agreeing} of ${cases.length} cases agree`, ...differences].join("\n  "));
    expect(cases.length).toBeGreaterThan(0);
    expect(differences.length).toBeLessThanOrEqual(allowed);
  });
}
