import { expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";

function read(text: string) {
  const file = readManifests("a.yaml", text);
  const [value] = file.documents.map((document) => document.value as { v: unknown });
  return file.problems[0]?.code ?? value?.v;
}

test.each([
  ["off", false],
  ["Y", true],
  ["oN", "oN"],
  ["~", null],
  ["", null],
  ["012", 10],
  ["09", 9],
  ["0o12", 10],
  ["0x_fF", 255],
  ["-0b101", -5],
  ["+12", 12],
  ["1_2_3", 123],
  ["-_1", -1],
  ["_1", "_1"],
  ["12e2", 1200],
  ["4.", 4],
  ["-.25", -0.25],
  [".2_5", 0.25],
  ["1e999", "1e999"],
  ["-0", 0],
  ["10:20", "10:20"],
  ["2026-11-02", "2026-11-02"],
  ["1.2.3", "1.2.3"],
  ["9007199254740992", 9007199254740992n],
  ["-9223372036854775808", -9223372036854775808n],
  ["-9223372036854775809", -(2 ** 63)],
  ["18446744073709551615", 18446744073709551615n],
  ["18446744073709551616", 2 ** 64],
  ["'off'", "off"],
  ['"012"', "012"],
  ["!!str 012", "012"],
  ["!!int '12'", 12],
  ["!!float 3", 3],
  ["!!bool off", false],
  ["!!null ''", null],
  ["!!binary c2x1aWNl", "sluice"],
  ["!!timestamp 2026-1-2", "2026-1-2"],
  ["!mine 012", "012"],
  ["! 012", "012"],
  ["!<tag:yaml.org,2002:int> '7'", 7],
  [".inf", "non-finite-number"],
  ["-.INF", "non-finite-number"],
  [".NaN", "non-finite-number"],
  ["!!int x", "tag-mismatch"],
  ["!!bool 1", "tag-mismatch"],
  ["!!binary x", "tag-mismatch"],
  ["!!timestamp noon", "tag-mismatch"],
])("a Kubernetes client reads `%s` as %s", (text, value) => {
  expect(read(`v: ${text}`)).toEqual(value);
});

test.each([
  ["no", "false"],
  ["1", "1"],
  ["010", "8"],
  ["1.0", "1"],
  ["1e7", "1e+07"],
  ["0.00001", "1e-05"],
  ["1234567.8", "1.2345678e+06"],
  ["18446744073709551615", "invalid-key"],
  ["~", "invalid-key"],
  ["[a]", "invalid-key"],
  ["{a: 1}", "invalid-key"],
])("a key `%s` becomes the string %s", (text, key) => {
  const file = readManifests("a.yaml", `? ${text}\n: here`);
  expect(file.problems[0]?.code ?? file.documents[0]?.value).toEqual(
    key === "invalid-key" ? key : { [key]: "here" },
  );
});
