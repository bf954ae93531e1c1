import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";

const values = (text: string) => readManifests("a.yaml", text).documents.map(({ value }) => value);
const problems = (text: string, limits = {}) =>
  readManifests("a.yaml", text, limits).problems.map(
    ({ code, range }) => `${code} ${range.line}:${range.column}`,
  );

describe("documents", () => {
  test.each([
    ["one", "a: 1", [{ a: 1 }]],
    [
      "several, with comments behind the separator",
      "a: 1\n--- # next\nb: 2\n---\nc: 3\n",
      [{ a: 1 }, { b: 2 }, { c: 3 }],
    ],
    ["empty ones do not count", "---\n---\n# 주석\n---\na: 1\n---\n", [{ a: 1 }]],
    ["Windows line endings", "a: 1\r\n---\r\nb: [x,\r\n  z]\r\n", [{ a: 1 }, { b: ["x", "z"] }]],
    ["byte order mark", "\uFEFFa: 1\n---\n\uFEFFb: 2", [{ a: 1 }, { b: 2 }]],
    ["a line of dashes inside a block", "a: |\n  ---\n  x\n", [{ a: "---\nx\n" }]],
    ["JSON", '{"a":{"b":[1,"\\u00e9\\/\\ud83d\\ude00",null]}}', [{ a: { b: [1, "é/😀", null] } }]],
    ["JSON indented with tabs", '{\n\t"a": [\n\t\t1\n\t]\n}\n', [{ a: [1] }]],
    ["the end marker", "a: 1\n...\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
    ["comments in any language", "# Комментарий: {{ 注释\na: 1 # コメント: [\n", [{ a: 1 }]],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toEqual([]);
    expect(values(text)).toEqual(expected);
  });

  test("a broken one does not hide the others, and lines count from the top of the file", () => {
    const text = "a: 1\n---\nb: [\n---\nc: 3\n---\nd: 'x\n";
    expect(values(text)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(problems(text)).toEqual(["yaml-syntax 3:4", "yaml-syntax 7:5"]);
  });

  test("items of a list are documents of their own", () => {
    const text =
      "kind: List\napiVersion: v1\nitems:\n- {kind: A}\n-\n- kind: List\n  items: [{kind: B}]\n---\nc: 1\n";
    expect(values(text)).toEqual([{ kind: "A" }, { kind: "B" }, { c: 1 }]);
    expect(readManifests("a.yaml", text).documents.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test("a typed list lends its items its type", () => {
    const text = "kind: SidecarList\napiVersion: networking.istio.io/v1\nitems: [{a: 1}, {kind: B}]";
    expect(values(text)).toEqual([
      { kind: "Sidecar", apiVersion: "networking.istio.io/v1", a: 1 },
      { kind: "B" },
    ]);
  });

  test("only the wanted ones are read", () => {
    const file = readManifests("a.yaml", "a: [\n---\nb: 2\n", { only: (text) => text.includes("b") });
    expect([file.documents.length, file.problems.length]).toEqual([1, 0]);
  });
});

describe("aliases and merge keys", () => {
  test.each([
    ["alias", "a: &x [1, 2]\nb: *x", { a: [1, 2], b: [1, 2] }],
    ["the anchor defined last counts", "a: &x 1\nb: &x 2\nc: *x", { a: 1, b: 2, c: 2 }],
    ["merge", "a: &x {p: 1}\nb: {<<: *x, q: 2}", { a: { p: 1 }, b: { p: 1, q: 2 } }],
    [
      "merge of several, the first wins",
      "a: &x {p: 1}\nb: &z {p: 2, q: 3}\nc: {<<: [*x, *z]}",
      { a: { p: 1 }, b: { p: 2, q: 3 }, c: { p: 1, q: 3 } },
    ],
    ["a key below the merge wins", "a: &x {p: 1}\nb: {<<: *x, p: 2}", { a: { p: 1 }, b: { p: 2 } }],
    ["a key above the merge loses", "a: &x {p: 1}\nb: {p: 2, <<: *x}", { a: { p: 1 }, b: { p: 1 } }],
    ["a quoted << is a key", "a: {'<<': 1}", { a: { "<<": 1 } }],
  ])("%s", (_, text, expected) => {
    expect(values(text)).toEqual([expected]);
  });

  test("keys with a meaning in JavaScript are keys like others", () => {
    const [value] = values('__proto__: {polluted: true}\nconstructor: 1\n"toString": 2\n') as [
      Record<string, unknown>,
    ];
    expect(Object.keys(value)).toEqual(["__proto__", "constructor", "toString"]);
    expect("polluted" in {}).toBe(false);
    expect((values("a: 1")[0] as Record<string, unknown>).constructor).toBeUndefined();
  });
});

describe("what Kubernetes refuses is a problem with a place", () => {
  test.each([
    ["a: b: c", "yaml-syntax 1:5"],
    ["a:\n\tb: 1", "yaml-syntax 2:1"],
    ["a: @x", "yaml-syntax 1:4"],
    ["a: {b: [1}", "yaml-syntax 1:10"],
    ["a: [:8080]", "yaml-syntax 1:5"],
    ["a: &x b: c", "yaml-syntax 1:4"],
    ["a: *x", "unknown-anchor 1:4"],
    ["a: &x\n  b: *x", "recursive-alias 2:6"],
    ["a: 1\nb: {<<: 1}", "invalid-merge 2:5"],
    ["a: .inf", "non-finite-number 1:4"],
    ["%YAML 1.2\n", "yaml-syntax 1:9"],
    ["a: 1\n--- {b: 2}\n", "bad-separator 2:1"],
    ["a: 1\n----\n", "bad-separator 2:1"],
    ["a: 1\n...\nb: 2\n", "ignored-content 2:1"],
    ["a: 1 # harmless\u2028b: 2\n", "ambiguous-line-break 1:16"],
    ["a: 1\0", "yaml-syntax 1:5"],
    ["a: [1,\n\n", "yaml-syntax 1:6"],
  ])("%j", (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test("only strict decoding refuses a key set twice", () => {
    const { documents, problems } = readManifests("a.yaml", "x: 1\na:\n  b: 1\n  c: 2\n  b: 3\n");
    expect(documents[0]?.value).toEqual({ x: 1, a: { b: 3, c: 2 } });
    expect(problems).toEqual([
      {
        code: "duplicate-key",
        message: "`b` is already set on line 3; the last one counts",
        fix: "keep one of them",
        strictOnly: true,
        range: { file: "a.yaml", line: 5, column: 3, endLine: 5, endColumn: 4 },
      },
    ]);
  });

  test("keys that differ only until they become strings, and merged ones, are set twice too", () => {
    expect(problems("1: a\n'1': b")).toEqual(["duplicate-key 2:1"]);
    expect(problems("on: a\ntrue: b")).toEqual(["duplicate-key 2:1"]);
    expect(problems("a: &x {p: 1}\nb: {<<: *x, p: 2}")).toEqual(["duplicate-key 2:13"]);
  });
});

describe("bounds", () => {
  const bomb = (levels: number) =>
    [
      "a0: &a0 [x, x]",
      ...Array.from({ length: levels }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ].join("\n");

  test.each([
    ["a file", "a: 1\n".repeat(10), { fileLength: 40 }, ["file-too-large 1:1"]],
    ["a document", `a: 1\n---\n${"b: 1\n".repeat(10)}`, { documentLength: 40 }, ["document-too-large 3:1"]],
    ["documents", "a: 1\n---\n".repeat(4), { documents: 2 }, ["too-many-documents 5:1"]],
    ["items", "kind: List\nitems: [{a: 1}, {a: 2}, {a: 3}]", { documents: 3 }, ["too-many-documents 1:1"]],
    ["depth", `a: ${"[".repeat(9)}${"]".repeat(9)}`, { depth: 8 }, ["too-deep 1:11"]],
    ["aliases", bomb(6), { aliasNodes: 100 }, ["alias-expansion 5:15"]],
    [
      "merge keys",
      "a: &a {b: 1, c: 2}\nd: {<<: *a}\ne: {<<: *a}",
      { aliasNodes: 8 },
      ["alias-expansion 3:9"],
    ],
  ])("%s", (_, text, limits, expected) => {
    expect(problems(text, limits)).toEqual(expected);
  });

  test("aliases are bounded for the file, not for each document", () => {
    const text = `${bomb(4)}\n---\n${bomb(4)}`;
    expect(problems(text, { aliasNodes: 150 }).length).toBe(1);
    expect(problems(bomb(4), { aliasNodes: 150 })).toEqual([]);
  });

  test("a bomb of the usual size is refused by default", () => {
    expect(problems(bomb(40))[0]).toMatch(/^alias-expansion/);
  });

  test("a file wrong everywhere is reported once over", () => {
    expect(problems("[\n---\n".repeat(500)).length).toBe(100);
  });

  test("what fits is still read beside what does not", () => {
    const { documents } = readManifests("a.yaml", `a: 1\n---\n${"b: 1\n".repeat(10)}---\nc: 3`, {
      documentLength: 40,
    });
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
  });
});
