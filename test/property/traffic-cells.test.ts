import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { Budget } from "../../src/traffic/engine/budget.ts";
import { RegexAutomaton } from "../../src/traffic/engine/regex-automaton.ts";
import { parseRegex } from "../../src/traffic/engine/regex-parser.ts";
import type { StringPredicate } from "../../src/traffic/engine/string-predicate.ts";
import { StringSpace } from "../../src/traffic/engine/string-space.ts";

const runs = process.env.SLUICE_LONG === "1" ? 40_000 : 1_500;
const unlimited = new Budget(Number.POSITIVE_INFINITY);
const automaton = (pattern: string, alphabet: readonly number[]) =>
  new RegexAutomaton(parseRegex(pattern, unlimited), alphabet, unlimited);
const visible = [33, 34, 36, 62, 64, 126, 0x80, 0x10ffff];
const binary = [0x30, 0x31];
const paths = {
  alphabet: visible,
  required: automaton("/.*", visible),
  excluded: null,
  preferred: "xyz019abc-_/",
};
const anything = {
  alphabet: [9, 9, 32, 126, 0x80, 0x10ffff],
  required: null,
  excluded: null,
  preferred: "xyz019abc-_/",
};
const bits = {
  alphabet: binary,
  required: automaton("[01]*", binary),
  excluded: automaton("01*", binary),
  preferred: "01",
};

const segment = fc
  .array(fc.constantFrom("a", "b", "A", "/", "?"), { maxLength: 4 })
  .map((parts) => `/${parts.join("")}`);
const regexes = [
  "/a.*",
  ".*b",
  "/[ab]+",
  "/a/.*b.*",
  "(?i)/ab.*",
  "/(a|b)/?",
  ".*",
  "/a(/.*)?",
  "[^b]*",
  "/a{2,3}/?.*",
].concat([".*/a", "/\\w+/\\w+", "zzz", "/ab?", ".*a.*", ".*b.*", "/a\\b.*", "^/a", "/\\?a*"]);
const pathPredicate: fc.Arbitrary<StringPredicate> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<StringPredicate>({ kind: "any" }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("exact" as const, "prefix" as const),
      text: fc.oneof(segment, fc.constantFrom("", "/")),
      ignoreCase: fc.oneof(
        { weight: 3, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...regexes).map((pattern): StringPredicate => ({ kind: "regex", pattern })),
  },
);
const bitPredicate: fc.Arbitrary<StringPredicate> = fc.record({
  kind: fc.constantFrom("exact" as const, "prefix" as const),
  text: fc.array(fc.constantFrom("0", "1"), { maxLength: 4 }).map((digits) => digits.join("")),
  ignoreCase: fc.constant(false),
});

function holds(predicate: StringPredicate, text: string): boolean {
  if (predicate.kind === "any") return true;
  if (predicate.kind === "regex") return RE2JS.compile(predicate.pattern).matcher(text).matches();
  const fold = (value: string) => (predicate.ignoreCase ? value.toLowerCase() : value);
  const [value, wanted] = [fold(text), fold(predicate.text)];
  return predicate.kind === "exact" ? value === wanted : value.startsWith(wanted);
}

describe("cells of a string dimension", { timeout: 600_000 }, () => {
  const probe = (characters: string) =>
    fc.array(fc.constantFrom(...characters), { maxLength: 7 }).map((parts) => parts.join(""));
  const spaces = [
    {
      name: "paths",
      domain: paths,
      predicate: pathPredicate,
      text: probe("abAB/x-").map((rest) => `/${rest}`),
    },
    { name: "header values", domain: anything, predicate: pathPredicate, text: probe("abAB/x?") },
    {
      name: "addresses",
      domain: bits,
      predicate: bitPredicate,
      text: probe("01").filter((text) => !/^01*$/.test(text)),
    },
  ];
  for (const { name, domain, predicate, text } of spaces) {
    it(`of ${name}: every sample satisfies exactly its predicates, and every text lies in a cell`, () => {
      fc.assert(
        fc.property(
          fc.array(predicate, { maxLength: 9 }),
          fc.array(text, { minLength: 20, maxLength: 60 }),
          (list, texts) => {
            const space = new StringSpace(domain, unlimited);
            const { cells, opaque } = space.cells(
              list.map((each, id) => ({ id, predicate: each, relevance: null })),
            );
            const satisfiedBy = (value: string) =>
              list.flatMap((each, id) => (holds(each, value) ? [id] : [])).join();
            const found = new Set<string>();
            expect(opaque).toEqual([]);
            for (const { satisfied, sample } of cells) {
              const ids = [...satisfied].sort((a, b) => a - b).join();
              expect(ids, `sample ${JSON.stringify(sample)}`).toBe(satisfiedBy(sample));
              if (name === "addresses") expect(sample).not.toMatch(/^01*$/);
              expect(found.has(ids), `cell ${ids} twice`).toBe(false);
              found.add(ids);
            }
            for (const value of texts)
              expect(found, `text ${JSON.stringify(value)}`).toContain(satisfiedBy(value));
            for (const [i, a] of list.entries()) {
              for (const [j, b] of list.entries()) {
                const together = cells.some(
                  ({ satisfied }) => satisfied.includes(i) && satisfied.includes(j),
                );
                if (together) expect(space.mayOverlap(a, b)).toBe(true);
              }
            }
          },
        ),
        { numRuns: runs },
      );
    });
  }
});
