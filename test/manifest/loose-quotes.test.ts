import { describe, expect, it, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";

function read(text: string): unknown {
  const { documents, problems } = readManifests("a.yaml", text);
  return problems.length > 0 ? problems.map(({ message }) => message) : documents[0]?.value;
}

describe("quoted texts whose lines stand no further in than their key, as Kubernetes takes them", () => {
  it.each<[string, string, unknown]>([
    [
      "single quotes",
      "a:\n  b: 'one\n  two: three\n\n  four'\n  c: 1\n",
      { a: { b: "one two: three\nfour", c: 1 } },
    ],
    ["double quotes", 'a:\n  b: "one\n\n two \\" three\\\n  four"\n', { a: { b: 'one\ntwo " threefour' } }],
    ["at the very left", "a:\n  - b: 'one\ntwo'\n    c: 1\n", { a: [{ b: "one two", c: 1 }] }],
    ["behind a tag", "a:\n  b: !!str '1\n  2'\n", { a: { b: "1 2" } }],
    ["doubled quotes", "a:\n  b: 'it''s\n  it'\n  c: ''\n", { a: { b: "it's it", c: "" } }],
    [
      "beside block scalars that hold quotes",
      "a:\n  b: |\n    it: 'is\n    open\n  c: 'one\n  two'\n  d:\n  - >-\n    x: \"y\n  - 'z\n  z'\n",
      { a: { b: "it: 'is\nopen\n", c: "one two", d: ['x: "y', "z z"] } },
    ],
    [
      "beside brackets that close as far out",
      "a:\n  b: 'one\n  two'\n  c: [\n    1\n  ]\n",
      { a: { b: "one two", c: [1] } },
    ],
  ])("%s", (_, text, value) => {
    expect(read(text)).toEqual(value);
  });

  it("says what is wrong with a quote that never closes", () => {
    expect(read("a:\n  b: 'one\n  two\n")).toEqual([expect.any(String)]);
  });
});

test("places behind such a text are right", () => {
  const { documents } = readManifests("a.yaml", "a:\n  b: 'one\n  two'\n  c: 1\n");
  expect(documents[0]?.locate(["a", "c"])).toMatchObject({ line: 4, column: 6 });
  expect(documents[0]?.locate(["a", "b"])).toMatchObject({ line: 2, endLine: 3 });
});
