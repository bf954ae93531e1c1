import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { run } from "../../src/traffic/engine/automaton.ts";
import { Budget } from "../../src/traffic/engine/budget.ts";
import type { CodePoints } from "../../src/traffic/engine/code-points.ts";
import { LazyRegex } from "../../src/traffic/engine/regex.ts";
import { RegexAutomaton } from "../../src/traffic/engine/regex-automaton.ts";
import { parseRegex } from "../../src/traffic/engine/regex-parser.ts";
import { RegexSyntaxError } from "../../src/traffic/engine/regex-syntax.ts";

const runs = process.env.SLUICE_LONG === "1" ? 60_000 : 1_500;
const alphabet: CodePoints = [9, 10, 32, 126, 0x80, 0x10ffff];
const unlimited = () => new Budget(Number.POSITIVE_INFINITY);

const literal = fc.constantFrom(
  ...["a", "b", "A", "/", "-", ".", "1", "_", "k", "\u212a", "s", "é", "K", "ſ"],
  ...[
    "\\.",
    "\\d",
    "\\w",
    "\\W",
    "\\s",
    "\\D",
    "\\S",
    "[ab]",
    "[^/]",
    "[a-z0-9]",
    "(?i:aB)",
    "\\/",
    "\\n",
    "\\t",
  ],
  ...[
    "[[:alpha:]]",
    "[[:^alpha:]]",
    "\\Qa.b\\E",
    "\\x61",
    "\\x{e9}",
    "\\101",
    "[^a-c]",
    "[\\w-]",
    "[.]",
    "[]a]",
    "[a\\]b]",
  ],
  ...[
    "\\pL",
    "\\p{Lu}",
    "\\P{Ll}",
    "\\p{^L}",
    "\\p{Greek}",
    "(?i:\\p{Lu})",
    "(?i:k)",
    "(?i:[^k])",
    "(?i:\\W)",
    "(?i:[é-ü])",
  ],
  ...["[a-\\x{e9}]", "\\pC", "(?s:.)", "{", "a{,2}", "a{2", "(?P<x>a)", "(?<y>b)"],
);
const assertion = fc.constantFrom("^", "$", "\\b", "\\B", "\\A", "\\z", "(?m)^", "(?m:$)");
const broken = fc.constantFrom(
  "(",
  ")",
  "*",
  "a**",
  "[",
  "[z-a]",
  "\\1",
  "\\8",
  "a{1001}",
  "a{2,1}",
  "(?=a)",
  "\\pQ",
  "[[:nope:]]",
  "[[:constructor:]]",
  "\\p{Nope}",
  "(?z)",
  "\\C",
  "(?<n",
  "\\",
  "(?i-)",
);
const expression: fc.Arbitrary<string> = fc.letrec<{
  any: string;
  joined: string;
  choice: string;
  repeat: string;
  group: string;
}>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 8, arbitrary: literal },
    { weight: 2, arbitrary: assertion },
    { weight: 4, arbitrary: tie("joined") },
    { weight: 2, arbitrary: tie("choice") },
    { weight: 3, arbitrary: tie("repeat") },
    { weight: 1, arbitrary: tie("group") },
  ),
  joined: fc.tuple(tie("any"), tie("any")).map(([a, b]) => `${a}${b}`),
  choice: fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(?:${a}|${b})`),
  repeat: fc
    .tuple(tie("any"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?"))
    .map(([a, count]) => `(?:${a})${count}`),
  group: fc
    .tuple(tie("any"), fc.constantFrom("(", "(?i)(", "(?s)(", "(?i:", "(?U:"))
    .map(([a, open]) => `${open}${a})`),
})).any;
const text = fc
  .array(
    fc.constantFrom(..."abABckKsS/-.1_ {2,\n\t", "\u212a", "k", "é", "É", "K", "ſ", "λ", "Λ", "😀", "ß"),
    {
      maxLength: 7,
    },
  )
  .map((characters) => characters.join(""));

function compiled(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null;
  }
}

describe("RE2 expressions", { timeout: 600_000 }, () => {
  it("match in full exactly what re2js says, whole and split behind their literal beginning", () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 5, maxLength: 30 }), (pattern, texts) => {
        const oracle = compiled(pattern);
        fc.pre(oracle !== null);
        const whole = new RegexAutomaton(parseRegex(pattern, unlimited()), alphabet, unlimited());
        const { prefix, rest } = new LazyRegex(pattern, alphabet, unlimited());
        for (const candidate of texts) {
          const expected = oracle.matcher(candidate).matches();
          expect(whole.accepts(run(whole, 0, candidate)), `${pattern} on ${JSON.stringify(candidate)}`).toBe(
            expected,
          );
          if (rest === null) continue;
          const split =
            candidate.startsWith(prefix) && rest.accepts(run(rest, 0, candidate.slice(prefix.length)));
          expect(split, `${pattern} split on ${JSON.stringify(candidate)}`).toBe(expected);
        }
      }),
      { numRuns: runs },
    );
  });

  it("are refused where re2js refuses them", () => {
    const pattern = fc.tuple(expression, broken, expression).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(broken, pattern), (candidate) => {
        const read = () => parseRegex(candidate, unlimited());
        if (compiled(candidate) !== null) expect(read, candidate).not.toThrow();
        else expect(read, candidate).toThrow(RegexSyntaxError);
      }),
      { numRuns: runs },
    );
  });
});
