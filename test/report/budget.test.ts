import fc from "fast-check";
import { expect, it } from "vitest";
import { withinBudget } from "../../src/report/budget.ts";

const rest = (omitted: number) => `…and ${omitted} more`;

it("keeps whole sections, in order, and says how many it left out", () => {
  expect(withinBudget(["aaaa", "bbbb", "cccc"], 26, rest)).toBe("aaaa\n\nbbbb\n\ncccc");
  expect(withinBudget(["a".repeat(10), "b".repeat(10), "c".repeat(10)], 30, rest)).toBe(
    `${"a".repeat(10)}\n\n…and 2 more`,
  );
});

it("never exceeds its budget", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 80 })),
      fc.integer({ min: 20, max: 400 }),
      (sections, budget) => {
        expect(withinBudget(sections, budget, rest).length).toBeLessThanOrEqual(budget);
      },
    ),
  );
});
