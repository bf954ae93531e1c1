import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import type { Json, ManifestFile, Path, Range } from "../../src/manifest/source.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import { touchedBy } from "../../src/mesh/touched.ts";

const runs = process.env.SLUICE_LONG === "1" ? 100_000 : 1_000;

/** Text that looks like manifests in the way that mistakes and attacks do. */
const pieces = fc.constantFrom(
  ...["\n", "\n  ", "\n    ", "\n- ", "\n---\n", "\n...\n", "\r\n", "\t", " ", "- ", "? ", ": ", ":", ","],
  ...[
    "[",
    "]",
    "{",
    "}",
    "#",
    " # c",
    "'",
    '"',
    "|\n",
    ">-\n",
    "|2\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!int ",
    "!!binary ",
    "! ",
  ],
  ...[
    "\\n",
    "\\x41",
    "\\u00",
    "\uFEFF",
    "\u2028",
    "é",
    "😀",
    "\uD800",
    "\0",
    "%YAML 1.1",
    "@",
    "`",
    "~",
    "on",
    "0x1F",
    ".inf",
  ],
  ...[
    "{{ .x }}",
    "{{- if }}",
    "{{- end }}",
    "$".concat("{X}"),
    "$(X)",
    "#@ y",
    "__proto__: ",
    "constructor: ",
  ],
  ...[
    "apiVersion: networking.istio.io/v1",
    "kind: VirtualService",
    "kind: List",
    "items: ",
    "metadata: {name: x}",
    "spec: ",
  ],
  ...["resources: [a.yaml]", "hosts: [a]", "http: ", "route: ", "weight: 1"],
);
const soup = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));

const seeds = [
  "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: reviews # a\nspec:\n  hosts:\n  - reviews\n  http:\n  - route:\n    - destination: {host: reviews, subset: v1}\n      weight: 90\n    - destination:\n        host: reviews\n---\n",
  "x: &x {a: 1, b: [1, 2]}\ny:\n  <<: *x\n  c: |\n    text\n\n  d: >-\n    folded\n    text\n---\nkind: List\napiVersion: v1\nitems:\n- apiVersion: networking.istio.io/v1\n  kind: Gateway\n  metadata: {name: g}\n  spec: {servers: [{port: {number: 80}}]}\n",
  '{"apiVersion":"networking.istio.io/v1","kind":"Sidecar","metadata":{"name":"a"},"spec":{"egress":[{"hosts":["./*"]}]}}',
];
/** A manifest after careless or hostile editing. */
const mutant = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(400), fc.nat(40), fc.oneof(pieces, soup)), { minLength: 1, maxLength: 4 }),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + piece + text.slice(start + (length % 12));
    }, seed),
  );
const hostile = fc.oneof(soup, mutant, fc.string({ unit: "binary", maxLength: 200 }));
const aliasNodes = 1_000;

describe("whatever a file holds", () => {
  test("it is read within its bounds, and everything has a place in it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const file = readManifests("a.yaml", text, { aliasNodes });
        expectSound(file, text);
        const mesh = buildMesh([file]);
        for (const { range } of [...mesh.problems, ...mesh.refused.flatMap(({ problems }) => problems)])
          expectInside(range, text);
        touchedBy(mesh, buildMesh([]));
        expect("polluted" in {} || Object.hasOwn(Object.prototype, "x")).toBe(false);
      }),
      { numRuns: runs },
    );
  });

  test("reading it again gives the same", () => {
    const plain = ({ documents, problems, notRendered }: ManifestFile) => ({
      values: documents.map(({ value }) => value),
      problems,
      notRendered,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        expect(plain(readManifests("a.yaml", text))).toEqual(plain(readManifests("a.yaml", text)));
      }),
      { numRuns: runs / 10 },
    );
  });

  test("what stands before and after it in the file stays readable", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // A template may open a block that goes on into the next document.
        fc.pre(!text.includes("{{"));
        const { documents } = readManifests("a.yaml", `first: 1\n---\n${text}\n---\nlast: 1\n`);
        expect(documents[0]?.value).toEqual({ first: 1 });
        expect(documents.at(-1)?.value).toEqual({ last: 1 });
      }),
      { numRuns: runs / 10 },
    );
  });
});

/** JSON whose keys and strings are no templates, and whose root is no list of objects. */
const json = fc
  .jsonValue({ maxDepth: 6, stringUnit: "grapheme" })
  .filter((value) => !JSON.stringify(value).includes("{{"))
  .map((value) => ({ root: value }));

describe("JSON", () => {
  test("is read as JSON.parse reads it, however it is indented", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { documents, problems } = readManifests("a.json", text);
        expect(problems).toEqual([]);
        expect(rounded(documents[0]!.value)).toEqual(JSON.parse(text));
      }),
      { numRuns: runs },
    );
  });

  test("every value stands where locate says", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const [document] = readManifests("a.json", text).documents;
        for (const [path, part] of pathsOf(document!.value)) {
          expect(JSON.parse(textIn(text, document!.locate(path)))).toEqual(rounded(part));
        }
      }),
      { numRuns: runs / 4 },
    );
  });
});

/** JSON.parse rounds large integers, which are exact here. */
function rounded(value: Json): unknown {
  return JSON.parse(JSON.stringify(value, (_, entry) => (typeof entry === "bigint" ? Number(entry) : entry)));
}

function expectSound(file: ManifestFile, text: string): void {
  for (const { range } of file.problems) expectInside(range, text);
  if (file.notRendered) expectInside(file.notRendered.range, text);
  let values = 0;
  for (const [index, document] of file.documents.entries()) {
    expect(document.index).toBe(index);
    for (const [path] of pathsOf(document.value)) {
      values += 1;
      if (values > 100) continue;
      expectInside(document.locate(path), text);
      expectInside(document.locate([...path, "missing"], "key"), text);
    }
  }
  expect(values).toBeLessThanOrEqual(2 * text.length + aliasNodes);
}

function expectInside({ line, column, endLine, endColumn }: Range, text: string): void {
  const lines = text.split("\n");
  const inside =
    line >= 1 &&
    column >= 1 &&
    endLine <= lines.length &&
    (line < endLine || (line === endLine && column <= endColumn)) &&
    column <= (lines[line - 1] ?? "").length + 1 &&
    endColumn <= (lines[endLine - 1] ?? "").length + 1;
  if (!inside)
    throw new Error(`${line}:${column}-${endLine}:${endColumn} is not inside ${JSON.stringify(text)}`);
}

function* pathsOf(value: Json, path: Path = []): Generator<[Path, Json]> {
  yield [path, value];
  if (value === null || typeof value !== "object") return;
  const children = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, child] of children) yield* pathsOf(child, [...path, key]);
}

function textIn(text: string, { line, column, endLine, endColumn }: Range): string {
  const lines = text.split("\n").slice(line - 1, endLine);
  lines[lines.length - 1] = (lines.at(-1) ?? "").slice(0, endColumn - 1);
  lines[0] = (lines[0] ?? "").slice(column - 1);
  return lines.join("\n");
}
