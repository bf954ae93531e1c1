import fc from "fast-check";
import { expect, test } from "vitest";
import { exampleView } from "./example-view.ts";
import { terminalReport } from "./terminal/report.ts";

const plain = { width: 80, colours: false };
const check = exampleView.check!;

test("the report says the verdict, what happens to traffic, and where", () => {
  const report = terminalReport(exampleView, plain);
  expect(report).toContain("! Sluice: Action required. Blocked: VirtualService/shop/product");
  expect(report).toContain(
    "  before  stable 90 %, canary 10 %\n  after   stable 40 %, canary 60 %\n  moved   50 points",
  );
  expect(report).toContain("✗ shop/product.yaml:33  weight-step");
  expect(report).toContain("• shop/product.yaml:36  sluice[bot]");
  expect(report).toContain("• bob commented\n    Is the error rate really that low?");
});

test("no Markdown, HTML or marker of the report is left for people to read", () => {
  expect(terminalReport(exampleView, plain)).not.toMatch(/\*\*|<br>|<!--|\]\(|\|---/);
});

test("lines keep to the terminal's width", () => {
  const lines = terminalReport(exampleView, plain).split("\n");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test("colours are escape sequences, and only where asked for", () => {
  expect(terminalReport(exampleView, { width: 80, colours: true })).toContain("\u001b[33m!");
  expect(terminalReport(exampleView, plain)).not.toContain("\u001b");
});

test("a pull request without a check says so", () => {
  expect(terminalReport({ ...exampleView, check: null }, plain)).toContain("No check was published");
});

test("no words can move the cursor or change the terminal", () => {
  const words = fc.string({
    unit: fc.constantFrom("\u001b", "[2J", "\r", "\u0007", "\u202e", "\u009b", "\n", "a", "`", "<br>", "|"),
  });
  fc.assert(
    fc.property(words, (hostile) => {
      const report = terminalReport(
        {
          ...exampleView,
          title: hostile,
          head: hostile,
          body: hostile,
          check: {
            ...check,
            output: { title: hostile, summary: hostile, text: hostile },
            annotations: [{ ...check.annotations[0]!, path: hostile, title: hostile, message: hostile }],
          },
          lineComments: [{ ...exampleView.lineComments[0]!, path: hostile, body: hostile, author: hostile }],
        },
        plain,
      );
      expect(report.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
