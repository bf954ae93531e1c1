import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code, line, plain } from "../../src/report/escape.ts";

describe("text from a pull request", () => {
  it.each([
    ["a mention", "@acme/everyone please approve"],
    ["a reference", "fixes #12"],
    ["markup", "**bold** [link](https://evil.example) <img src=x> `code` <!-- sluice:report v1 -->"],
    ["a table break", "a | b\n\n# heading"],
  ])("cannot be %s", (_name, text) => {
    const shown = plain(text).replace(/(`+)[\s\S]*?\1/g, "");
    expect(shown).not.toMatch(/@\w|#\w|(^|[^\\])[*`[\]<>|]|:\/\/|\n/);
  });

  it("stays inside its code span whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const span = code(text);
        const fence = /^`+/.exec(span)![0];
        const inner = span.slice(fence.length, -fence.length);
        expect(span.endsWith(fence)).toBe(true);
        expect(inner).not.toMatch(/\n|\r/);
        expect([...inner.matchAll(/`+/g)].some(([run]) => run.length === fence.length)).toBe(false);
        expect(inner.replaceAll("\\|", "")).not.toContain("|");
      }),
    );
  });

  it("is one bounded line without control or direction characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const shown = line(text);
        expect(shown.length).toBeLessThanOrEqual(300);
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
