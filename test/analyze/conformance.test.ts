import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { analyzeManifests } from "../../src/cli/analyze/findings.ts";
import { readManifests } from "../../src/manifest/read.ts";

const root = resolve(import.meta.dirname, "../..", process.env.SLUICE_CONFORMANCE ?? "../shared");
const folder = resolve(root, "istio-conformance/analyzers");

interface Case {
  readonly name: string;
  readonly inputFiles: readonly string[];
  readonly meshConfigFile: string | null;
  readonly actual: readonly {
    readonly code: string;
    readonly kindAndName: string;
    readonly line: number | null;
    readonly ref: string;
  }[];
}

/** What all of Istio's analyzers say of one file. */
interface Whole {
  readonly file: string;
  readonly messages: readonly { readonly code: string; readonly resource: string }[];
}

const now = Date.parse("2026-11-22T12:00:00Z");
const read = (path: string) => readManifests(path, readFileSync(join(folder, path), "utf8"));
const analyze = (files: readonly string[], meshConfig: readonly string[] = []) =>
  analyzeManifests(files.map(read), meshConfig.map(read), now).mistakes;

/** Istio's tests leave out the namespace that we take for `default`. */
function objectOf(resource: string): string {
  const [kind = "", name = ""] = resource.split(" ");
  return `${kind}/${name.includes("/") ? name : `default/${name}`}`;
}

/**
 * Where we differ on purpose. In Istio's tests a gateway's pods without a namespace are in none, which its credential
 * analyzer takes for "no such pods"; `istioctl analyze` itself puts them into `default`, as we do.
 */
const podsWithoutNamespace: ReadonlySet<string> = new Set([
  "conflicting-gateways-subSelector.yaml",
  "gateway-custom-ingressgateway-badport-notarget.yaml",
  "gateway-custom-ingressgateway-badport.yaml",
  "gateway-custom-ingressgateway-svcselector.yaml",
  "gateway-custom-ingressgateway-translation.yaml",
  "gateway-custom-ingressgateway.yaml",
]);

/** Kinds that we judge; of others we say what their `status` says, and Istio more. */
const judged = /^IST\d+ (?:VirtualService|DestinationRule|Gateway|ServiceEntry|Sidecar)\//;

if (existsSync(folder)) {
  const cases: readonly Case[] = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  const whole: readonly Whole[] = JSON.parse(readFileSync(join(folder, "all-analyzers.json"), "utf8"));

  describe("agrees with Istio's analyzers", () => {
    test.each(cases)("$name", ({ inputFiles, meshConfigFile, actual }) => {
      const mistakes = analyze(inputFiles, meshConfigFile === null ? [] : [meshConfigFile]);
      const said = new Set(mistakes.map(({ istio, object }) => `${istio} ${object}`));
      expect(
        actual
          .map(({ code, kindAndName }) => `${code} ${objectOf(kindAndName)}`)
          .filter((text) => !said.has(text)),
      ).toEqual([]);
    });

    test("a mesh configuration that allocates addresses needs none", () => {
      const withConfig = cases.filter(({ meshConfigFile }) => meshConfigFile !== null);
      for (const { inputFiles, meshConfigFile, actual } of withConfig) {
        const files = [...inputFiles, meshConfigFile!];
        const codes = analyze(files).map(({ istio }) => istio);
        expect(codes.includes("IST0134")).toBe(actual.some(({ code }) => code === "IST0134"));
      }
      expect(withConfig.length).toBeGreaterThan(0);
    });

    test("gives the line that Istio gives", () => {
      const wrong = cases.flatMap(({ name, inputFiles, meshConfigFile, actual }) => {
        const mistakes = analyze(inputFiles, meshConfigFile === null ? [] : [meshConfigFile]);
        return actual.flatMap(({ code, kindAndName, line }) => {
          const lines = mistakes
            .filter(({ istio, object }) => istio === code && object === objectOf(kindAndName))
            .map(({ range }) => range.line);
          return line === null || lines.includes(line) ? [] : [{ name, line, lines }];
        });
      });
      // Istio counts from the `---` of the file's first line and points one line below the name.
      expect(wrong).toEqual([{ name: "certificate duplication in Gateway", line: 6, lines: [5] }]);
    });

    test("says all that Istio says of every file, and nothing else in its name", () => {
      let same = 0;
      const different = whole.flatMap(({ file, messages }) => {
        const theirs = new Set(messages.map(({ code, resource }) => `${code} ${objectOf(resource)}`));
        const mine = new Set(
          analyze([file]).flatMap(({ istio, object }) => (istio ? [`${istio} ${object}`] : [])),
        );
        same += theirs.intersection(mine).size;
        const missing = [...theirs.difference(mine)].filter((text) => judged.test(text));
        const extra = [...mine.difference(theirs)];
        return [
          ...missing.map((text) => `${file} lacks ${text}`),
          ...extra.map((text) => `${file} has ${text}`),
        ];
      });
      const isOnPurpose = (text: string) =>
        text.includes("lacks IST0101 Gateway/") && podsWithoutNamespace.has(text.split(/[/ ]/)[1] ?? "");
      const unexplained = different.filter((text) => !isOnPurpose(text));
      console.log(
        `${cases.length} analyzer cases; of all analyzers ${same} findings agree, ${different.length - unexplained.length} differ on purpose, ${unexplained.length} differ`,
      );
      expect(unexplained).toEqual([]);
    });
  });
} else {
  console.log(
    `No analyzer cases at ${folder}: set SLUICE_CONFORMANCE to the folder that holds istio-conformance.`,
  );
  test("the analyzer cases are absent, nothing is compared", () => {
    expect(existsSync(folder)).toBe(false);
  });
}
