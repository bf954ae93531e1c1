import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";

const read = (text: string) => readManifests("a.yaml", text);

describe("closing brackets that stand no further in than their key, as Kubernetes takes them", () => {
  test.each([
    ["a list", "args: [\n  x,\n  z\n]\nb: 1\n", { args: ["x", "z"], b: 1 }],
    ["a mapping", "a:\n  b: {\n    c: 1,\n  }\n  d: 2\n", { a: { b: { c: 1 }, d: 2 } }],
    ["an item of a list", "- [\n    1\n  ]\n- 2\n", [[1], 2]],
    ["one inside the other", "a: [\n  [1, {\n    b: 2\n  }], 3\n]\n", { a: [[1, { b: 2 }], 3] }],
    ["comments with brackets", "a: [\n  1, # one ]\n  # two {\n  2\n]\n", { a: [1, 2] }],
    ["hashes and brackets in quotes", "a: [\n  \"x # ]\",\n  '#'\n]\n", { a: ["x # ]", "#"] }],
    ["a text over two lines", 'a: [\n  "x\n   y"\n]\n', { a: ["x y"] }],
    ["a block scalar that looks like one", "a: [\n  1\n]\nb: |\n  [\n  2\n  ]\n", { a: [1], b: "[\n2\n]\n" }],
  ])("%s", (_, text, value) => {
    const { documents, problems } = read(text);
    expect(problems).toEqual([]);
    expect(JSON.parse(JSON.stringify(documents[0]?.value))).toEqual(value);
  });

  test("keeps every place", () => {
    const { documents } = read("a: [\n  1, # one\n  2\n]\nb: 3\n");
    expect(documents[0]?.locate(["a", 1])).toMatchObject({ line: 3, column: 3 });
    expect(documents[0]?.locate(["b"])).toMatchObject({ line: 5, column: 4 });
  });

  test.each([
    ["a bracket that is never closed", "a: [\n1\n", 2],
    ["another mistake", "a: [\n  1\n]\nb: [1}\n", 4],
  ])("says where the mistake is: %s", (_, text, line) => {
    expect(read(text).problems).toMatchObject([{ code: "yaml-syntax", range: { line } }]);
  });

  test("does not dig without end", () => {
    const deep = `a: [\n${"[".repeat(50_000)}\n]`;
    expect(read(deep).problems).toHaveLength(1);
  });
});
