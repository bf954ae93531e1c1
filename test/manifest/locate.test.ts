import { expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import type { Path, Range } from "../../src/manifest/source.ts";

/** The text that a range covers, as an editor would mark it. */
function marked(text: string, { line, column, endLine, endColumn }: Range): string {
  const lines = text.split("\n").slice(line - 1, endLine);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? "").slice(0, endColumn - 1);
  lines[0] = (lines[0] ?? "").slice(column - 1);
  return lines.join("\n");
}

const block = `# yaml-language-server: $schema=x
apiVersion: networking.istio.io/v1
spec:
  hosts:
  - reviews   # 리뷰
  - "ratings"
  http:
  - name: a
    route: # split
    - destination: {host: reviews, 'subset': "v1"}
      weight: 90
    -   destination:
          host: >-
            rat
            ings

  empty:
  note: |
    one
    two

  last: [ 1, 2, # three
    3 ]
`;

test.each<[Path, string, string]>([
  [["apiVersion"], "networking.istio.io/v1", "apiVersion"],
  [["spec", "hosts"], '- reviews   # 리뷰\n  - "ratings"', "hosts"],
  [["spec", "hosts", 0], "reviews", "reviews"],
  [["spec", "hosts", 1], '"ratings"', '"ratings"'],
  [["spec", "http", 0, "name"], "a", "name"],
  [
    ["spec", "http", 0, "route", 0],
    "destination: {host: reviews, 'subset': \"v1\"}\n      weight: 90",
    "destination: {host: reviews, 'subset': \"v1\"}",
  ],
  [["spec", "http", 0, "route", 0, "destination"], "{host: reviews, 'subset': \"v1\"}", "destination"],
  [["spec", "http", 0, "route", 0, "destination", "subset"], '"v1"', "'subset'"],
  [["spec", "http", 0, "route", 0, "weight"], "90", "weight"],
  [["spec", "http", 0, "route", 1, "destination", "host"], "            rat\n            ings", "host"],
  [["spec", "empty"], "empty", "empty"],
  [["spec", "note"], "    one\n    two", "note"],
  [["spec", "last"], "[ 1, 2, # three\n    3 ]", "last"],
  [["spec", "last", 2], "3", "3"],
  // What is missing is missing in its deepest existing parent.
  [["spec", "http", 0, "timeout"], "name: a", "name: a"],
  [["spec", "http", 7, "timeout"], "http", "http"],
  [["spec", "gateways", 0], "spec", "spec"],
  [["spec", "hosts", "0"], "hosts", "hosts"],
  [["metadata", "name"], "apiVersion: networking.istio.io/v1", "apiVersion: networking.istio.io/v1"],
  [["apiVersion", "x"], "apiVersion", "apiVersion"],
])("%j", (path, value, key) => {
  for (const text of [block, `\uFEFF${block}`, `a: 1\n---\n${block}---\nb: 2`]) {
    const { documents } = readManifests("vs.yaml", text);
    const document = documents.find(({ value }) => JSON.stringify(value).includes("istio"));
    expect(marked(text, document!.locate(path))).toBe(value);
    expect(marked(text, document!.locate(path, "key"))).toBe(key);
  }
});

test("Windows line endings count as one line each and belong to no value", () => {
  const text = block.replaceAll("\n", "\r\n");
  const document = readManifests("vs.yaml", text).documents[0]!;
  expect(document.locate(["spec", "http", 0, "route", 0, "weight"])).toEqual({
    file: "vs.yaml",
    line: 11,
    column: 15,
    endLine: 11,
    endColumn: 17,
  });
  expect(marked(text, document.locate(["spec", "note"]))).toBe("    one\r\n    two");
  expect(marked(text, document.locate(["spec", "http", 0, "timeout"]))).toBe("name: a");
});

test.each<[string, Path, string, string]>([
  ["an alias stands where it is used", ["b"], "*x", "b"],
  ["what is below it, where it is defined", ["b", "p"], "1", "p"],
  ["a merged key, where it is defined", ["c", "p"], "1", "p"],
  ["one that overrides it, where it overrides", ["d", "p"], "2", "p"],
  ["a list below a merged key", ["c", "q", 1], "8", "8"],
  ["what is missing in a merged mapping", ["c", "z"], "c", "c"],
  ["a key reached by two merges", ["e", "r"], "4", "r"],
])("%s", (_, path, value, key) => {
  const text =
    "a: &x {p: 1, q: [7, 8]}\nb: *x\nc: {<<: *x}\nd:\n  <<: *x\n  p: 2\ny2: &y {p: 3, r: 4}\ne:\n  <<: [*x, *y]\n";
  const document = readManifests("a.yaml", text).documents[0]!;
  expect(marked(text, document.locate(path))).toBe(value);
  expect(marked(text, document.locate(path, "key"))).toBe(key);
});

test("the last of equal keys counts, so it is the one to show", () => {
  const text = "a: 1\nb: 2\na: 3\n";
  expect(readManifests("a.yaml", text).documents[0]!.locate(["a"]).line).toBe(3);
});

test("items of a list know their places in the file", () => {
  const text = "kind: List\nitems:\n- kind: A\n  spec: {x: 1}\n- {kind: B, spec: {x: 2}}\n";
  const [a, b] = readManifests("list.yaml", text).documents;
  expect(marked(text, a!.locate([]))).toBe("kind: A\n  spec: {x: 1}");
  expect(marked(text, a!.locate(["spec", "x"]))).toBe("1");
  expect(marked(text, b!.locate(["spec", "x"]))).toBe("2");
  expect(marked(text, b!.locate(["spec", "y"]))).toBe("spec");
});

test("JSON", () => {
  const text = '{\n\t"kind": "A",\n\t"spec": {"x": [1, {"y": "\\u00e9"}]}\n}';
  const document = readManifests("a.json", text).documents[0]!;
  expect(marked(text, document.locate(["spec", "x", 1, "y"]))).toBe('"\\u00e9"');
  expect(marked(text, document.locate(["spec", "x"]))).toBe('[1, {"y": "\\u00e9"}]');
  expect(document.locate(["spec"], "key")).toMatchObject({ line: 3, column: 2 });
});

test("places of several documents can be asked for in any order", () => {
  const text = "a: 1\n---\na: 2\n---\na: 3\n";
  const { documents } = readManifests("a.yaml", text);
  const lines = [2, 0, 1, 2, 0].map((index) => documents[index]!.locate(["a"]).line);
  expect(lines).toEqual([5, 1, 3, 5, 1]);
});
