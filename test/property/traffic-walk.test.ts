import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { Budget } from "../../src/traffic/engine/budget.ts";
import { compareLists } from "../../src/traffic/engine/difference.ts";
import { unreachableRules } from "../../src/traffic/engine/reachability.ts";
import { type Rule, RuleSpace } from "../../src/traffic/engine/rule-space.ts";
import type { StringPredicate } from "../../src/traffic/engine/string-predicate.ts";

const runs = process.env.SLUICE_LONG === "1" ? 100_000 : 2_000;

interface Condition {
  readonly part: string;
  readonly predicate: StringPredicate;
  readonly negated: boolean;
}
interface Entry {
  readonly conditions: readonly Condition[];
  readonly action: string;
}
type Request = Readonly<Record<string, string | undefined>>;

const texts = ["", "a", "b", "ab", "aa", "ba", "bb", "A", "aB", "abc"];
const predicate: fc.Arbitrary<StringPredicate> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("exact" as const, "prefix" as const),
    text: fc.constantFrom(...texts),
    ignoreCase: fc.boolean(),
  }),
  fc
    .constantFrom(".*", "a.*", ".*b", "[ab]+", "a|b", ".*a.*", "b?")
    .map((pattern): StringPredicate => ({ kind: "regex", pattern })),
  fc.constant<StringPredicate>({ kind: "any" }),
);
const condition: fc.Arbitrary<Condition> = fc.record({
  part: fc.constantFrom("p", "q", "r", "s"),
  predicate,
  negated: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});
const entry: fc.Arbitrary<Entry> = fc.record({
  conditions: fc.array(condition, { maxLength: 4 }),
  action: fc.constantFrom("X", "Y", "Z"),
});
const list = fc.array(entry, { maxLength: 8 });
const request: fc.Arbitrary<Request> = fc.record(
  Object.fromEntries(
    ["p", "q", "r", "s"].map((part) => [part, fc.option(fc.constantFrom(...texts), { nil: undefined })]),
  ),
);
const moves = {
  kind: fc.constantFrom("drop", "insert", "replace", "swap", "act"),
  at: fc.nat(20),
  to: fc.nat(20),
};
const edit = fc.record({ ...moves, entry });

/** Part `s` is always there. */
const value = (request: Request, part: string) => request[part] ?? (part === "s" ? "" : undefined);

function holds({ part, predicate: test, negated }: Condition, request: Request): boolean {
  const actual = value(request, part);
  if (actual === undefined && (!negated || test.kind === "any")) return negated;
  return satisfies(test, actual ?? "") !== negated;
}

function satisfies(test: StringPredicate, text: string): boolean {
  if (test.kind === "any") return true;
  if (test.kind === "regex") return RE2JS.compile(test.pattern).matcher(text).matches();
  const fold = (raw: string) => (test.ignoreCase ? raw.toLowerCase() : raw);
  return test.kind === "exact" ? fold(text) === fold(test.text) : fold(text).startsWith(fold(test.text));
}

function edited(
  entries: readonly Entry[],
  edits: readonly { kind: string; at: number; to: number; entry: Entry }[],
): Entry[] {
  const result = [...entries];
  for (const { kind, at, to, entry: fresh } of edits) {
    const [i, j] = [at % (result.length || 1), to % (result.length || 1)];
    if (kind === "insert" || result.length === 0) result.splice(i, 0, fresh);
    else if (kind === "drop") result.splice(i, 1);
    else if (kind === "replace") result[i] = fresh;
    else if (kind === "act") result[i] = { ...result[i]!, action: fresh.action };
    else [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Rules of equal content are one, as in the product. */
function ruleLists(
  space: RuleSpace,
  lists: readonly (readonly Entry[])[],
): { rules: Rule[][]; entryOf: Map<Rule, Entry> } {
  const known = new Map<string, Rule>();
  const entryOf = new Map<Rule, Entry>();
  const rules = lists.map((entries) =>
    [...entries, { conditions: [], action: "none" }].map((each) => {
      const key = JSON.stringify(each);
      const constraints = Map.groupBy(each.conditions, ({ part }) => part);
      const rule =
        known.get(key) ??
        space.rule(
          [...constraints].map(([dimension, literals]) => ({ dimension, literals })),
          () => each.action,
        );
      known.set(key, rule);
      entryOf.set(rule, each);
      return rule;
    }),
  );
  return { rules, entryOf };
}

const winner = (rules: readonly Rule[], entryOf: Map<Rule, Entry>, request: Request): Rule =>
  rules.find((rule) => entryOf.get(rule)!.conditions.every((each) => holds(each, request)))!;

const reserve = () => new Budget(1_000_000);

const domain = (dimension: string) => ({
  alphabet: [9, 9, 32, 126, 0x80, 0x10ffff],
  required: null,
  excluded: null,
  preferred: "xyzab",
  familiar: ["b"],
  ...(dimension === "s" ? {} : { absentAs: "" }),
});

describe("first-match lists", { timeout: 3_600_000 }, () => {
  const pairs = fc
    .tuple(list, fc.oneof(fc.array(edit, { minLength: 1, maxLength: 3 }), list))
    .map(([base, change]) => {
      const isEdit = change.length > 0 && "kind" in change[0]!;
      return [base, isEdit ? edited(base, change as never) : (change as Entry[])] as const;
    });

  it("differ for a pair of rules exactly when some request falls to the one before and to the other after", () => {
    fc.assert(
      fc.property(pairs, fc.array(request, { minLength: 30, maxLength: 60 }), (lists, requests) => {
        const space = new RuleSpace(domain, new Budget(10_000_000));
        const { rules, entryOf } = ruleLists(space, lists);
        const [base, head] = [rules[0]!, rules[1]!];
        const { differences, incomplete } = compareLists(space, base, head, reserve());
        expect(incomplete).toBeNull();
        for (const { base: before, head: after, example } of differences) {
          const sample = Object.fromEntries(
            example!.map(({ dimension, cell }) => [dimension.name, cell.sample ?? undefined]),
          );
          expect(winner(base, entryOf, sample)).toBe(before);
          expect(winner(head, entryOf, sample)).toBe(after);
          expect(before.action).not.toBe(after.action);
        }
        for (const each of requests) {
          const [before, after] = [winner(base, entryOf, each), winner(head, entryOf, each)];
          const found = differences.some(
            (difference) => difference.base === before && difference.head === after,
          );
          expect(found, JSON.stringify(each)).toBe(before.action !== after.action);
        }
      }),
      { numRuns: runs },
    );
  });

  it("differ likewise where they are long, and the search stops as soon as it knows every pair there can be", () => {
    const narrow = fc.record({
      part: fc.constantFrom("p", "q"),
      predicate: fc.record({
        kind: fc.constantFrom("exact" as const, "prefix" as const),
        text: fc.constantFrom(...texts),
        ignoreCase: fc.constant(false),
      }),
      negated: fc.constant(false),
    });
    const entry = fc.record({
      conditions: fc.array(narrow, { minLength: 1, maxLength: 2 }),
      action: fc.constantFrom("X", "Y", "Z"),
    });
    const long = fc.array(entry, { minLength: 8, maxLength: 24 });
    const edits = fc.array(fc.record({ ...moves, entry }), { minLength: 1, maxLength: 3 });
    const values = [undefined, ...texts, "abcd", "z"];
    const everyRequest = values.flatMap((p) => values.map((q) => ({ p, q })));
    fc.assert(
      fc.property(long, edits, (entries, some) => {
        const space = new RuleSpace(domain, new Budget(10_000_000));
        const { rules, entryOf } = ruleLists(space, [entries, edited(entries, some)]);
        const [base, head] = [rules[0]!, rules[1]!];
        const { differences } = compareLists(space, base, head, reserve());
        const found = new Set(differences.map((each) => `${each.base.id} ${each.head.id}`));
        for (const each of everyRequest) {
          const [before, after] = [winner(base, entryOf, each), winner(head, entryOf, each)];
          const isFound = found.has(`${before.id} ${after.id}`);
          expect(isFound, JSON.stringify(each)).toBe(before.action !== after.action);
        }
      }),
      { numRuns: runs },
    );
  });

  it("name every pair that may differ when the budget is too small", () => {
    fc.assert(
      fc.property(
        pairs,
        fc.nat(400),
        fc.array(request, { minLength: 30, maxLength: 60 }),
        (lists, units, requests) => {
          const space = new RuleSpace(domain, new Budget(units));
          const { rules, entryOf } = ruleLists(space, lists);
          const [base, head] = [rules[0]!, rules[1]!];
          const { differences } = compareLists(space, base, head, reserve());
          for (const each of requests) {
            const [before, after] = [winner(base, entryOf, each), winner(head, entryOf, each)];
            const found = differences.some(
              (difference) => difference.base === before && difference.head === after,
            );
            if (before.action !== after.action) expect(found, JSON.stringify(each)).toBe(true);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it("hold a rule to be unreachable exactly when no request falls to it", () => {
    fc.assert(
      fc.property(list, fc.array(request, { minLength: 30, maxLength: 60 }), (entries, requests) => {
        const space = new RuleSpace(domain, new Budget(10_000_000));
        const { rules, entryOf } = ruleLists(space, [entries]);
        const distinct = [...new Set(rules[0]!)];
        const unreachable = unreachableRules(space, distinct, new Set(distinct));
        for (const each of requests) expect(unreachable.has(winner(distinct, entryOf, each))).toBe(false);
        for (const rule of unreachable) {
          const without = distinct.filter((other) => other !== rule);
          expect(compareLists(space, distinct, without, reserve()).differences).toEqual([]);
        }
      }),
      { numRuns: runs },
    );
  });
});
