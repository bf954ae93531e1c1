import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import type { Json } from "../../src/manifest/source.ts";

const path = `${process.env.SLUICE_CONFORMANCE ?? "../shared"}/kubernetes-yaml/cases.json`;

/** An input, and what `sigs.k8s.io/yaml` makes of it: JSON, or `ERR …`. */
interface Case {
  readonly in: string;
  readonly lax: string;
  readonly strict: string;
}

if (existsSync(path)) {
  const cases: readonly Case[] = JSON.parse(readFileSync(path, "utf8"));
  describe("agrees with Kubernetes' own YAML reader", () => {
    test.each(cases)("$in", (one) => {
      const file = readManifests("case.yaml", one.in);
      const result = (refused: boolean) => (refused ? "error" : asJson(file.documents[0]?.value ?? null));
      expect(result(file.problems.some(({ strictOnly }) => !strictOnly))).toEqual(expected(one.lax));
      expect(result(file.problems.length > 0)).toEqual(expected(one.strict));
    });
  });
} else {
  console.log(`No Kubernetes YAML cases at ${path}: set SLUICE_CONFORMANCE to the folder that holds them.`);
  test("the Kubernetes YAML cases are absent, nothing is compared", () => {
    expect(existsSync(path)).toBe(false);
  });
}

function expected(outcome: string): unknown {
  return outcome.startsWith("ERR") ? "error" : JSON.parse(outcome);
}

/** JSON.parse rounds large integers, so exact ones are rounded likewise before comparing. */
function asJson(value: Json): unknown {
  return JSON.parse(JSON.stringify(value, (_, entry) => (typeof entry === "bigint" ? Number(entry) : entry)));
}
