import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterLife, type Deed, perform } from "./approvals/deeds.ts";
import { objection } from "./approvals/oracle.ts";
import { arrive, look, newState, type Person, type State } from "./approvals/world.ts";

const isLong = process.env.SLUICE_LONG !== undefined;
/** Steps of the random sequences in all. */
const steps = isLong ? 1_000_000 : 20_000;
const longest = 50;

const person = fc.constantFrom<Person>("alice", "bob", "carol", "dora");
const pull = fc.integer({ min: 1, max: 2 });
const pick = fc.nat({ max: 9 });
const size = fc.constantFrom(10, 30, 50, 90);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant("push" as const), pull, size, by: person }),
  fc.record({ do: fc.constant("retarget" as const), pull }),
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("approve" as const), pull, by: person, bare: fc.boolean() }),
  },
  fc.record({ do: fc.constant("revoke" as const), pull, by: person }),
  fc.record({ do: fc.constant("review" as const), pull, by: person }),
  fc.record({ do: fc.constant("press" as const), pull, by: person }),
  fc.record({ do: fc.constant("edit" as const), pull, pick }),
  fc.record({ do: fc.constant("delete" as const), pull, pick }),
  fc.record({ do: fc.constant("copy" as const), pull, pick, by: person }),
  fc.record({ do: fc.constant("role" as const), by: person, member: fc.boolean() }),
  fc.record({ do: fc.constant("time" as const), passes: fc.constantFrom(0, 180_000, afterLife) }),
);

/** What happens on the way: a deed, or the line moves. */
type Step = Deed | LineStep | { readonly do: "recheck" };
interface LineStep {
  readonly do: "deliver" | "twice" | "lose";
  readonly pick: number;
}
const isOfTheLine = (next: Step): next is LineStep => ["deliver", "twice", "lose"].includes(next.do);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: deed },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("deliver" as const, "twice" as const, "lose" as const),
      pick,
    }),
  },
  fc.record({ do: fc.constant("recheck" as const) }),
);

/** No pull request passes that the present state does not grant; asked right after each look at it. */
function check(state: State): void {
  for (const one of state.pulls) {
    const why = one.published?.conclusion === "success" ? objection(state, one) : null;
    if (why !== null) throw new Error(`#${one.number} was published as success, but ${why}`);
  }
}

async function take(state: State, next: Step): Promise<void> {
  if (next.do === "recheck") {
    for (const { number } of state.pulls) await look(state, number);
    return check(state);
  }
  if (!isOfTheLine(next)) return perform(state, next);
  if (state.line.length === 0) return;
  const [delivery] = state.line.splice(next.pick % state.line.length, 1);
  if (next.do === "lose" || !delivery) return;
  await arrive(state, delivery);
  if (next.do === "twice") await arrive(state, delivery);
  const { published, ...looked } = state.pulls[delivery.pull - 1]!;
  check({ ...state, pulls: [{ ...looked, published }] });
}

describe("a published success is granted by the present state", () => {
  it(`in random sequences of deeds and deliveries, ${steps.toLocaleString("en")} steps`, async () => {
    let taken = 0;
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 }),
        fc.array(step, { maxLength: longest, minLength: longest }),
        async (pulls, sequence) => {
          const state = newState(pulls);
          for (const next of sequence) await take(state, next);
          taken += sequence.length;
          passed += state.pulls.filter(
            ({ published, size: last }) => last > 20 && published?.conclusion === "success",
          ).length;
        },
      ),
      { numRuns: steps / longest },
    );
    expect(taken).toBeGreaterThanOrEqual(steps);
    // Otherwise the property says nothing.
    expect(passed).toBeGreaterThan(0);
  });

  /** The long run has two more letters. */
  const alphabet = (
    [
      { do: "approve", pull: 1, by: "bob", bare: false },
      { do: "push", pull: 1, size: 50, by: "alice" },
      { do: "push", pull: 1, size: 30, by: "bob" },
      { do: "revoke", pull: 1, by: "carol" },
      { do: "edit", pull: 1, pick: 0 },
      { do: "delete", pull: 1, pick: 0 },
      { do: "press", pull: 1, by: "carol" },
      { do: "role", by: "bob", member: false },
    ] satisfies readonly Deed[]
  ).slice(0, isLong ? 8 : 6);

  it(`in all sequences up to length 5 over ${alphabet.length} deeds`, async () => {
    let sequences = 0;
    const extend = async (state: State, depth: number): Promise<void> => {
      for (const next of alphabet) {
        const copy = structuredClone(state);
        perform(copy, next);
        for (const delivery of copy.line.splice(0)) await arrive(copy, delivery);
        await look(copy, 1);
        check(copy);
        sequences += 1;
        if (depth > 1) await extend(copy, depth - 1);
      }
    };
    await extend(newState(1), 5);
    expect(sequences).toBe([1, 2, 3, 4, 5].reduce((sum, length) => sum + alphabet.length ** length, 0));
  });
});

describe("when the dust has settled", () => {
  const runs = isLong ? 20_000 : 500;

  it(`any order of delivery, some doubled, ends in the same state (${runs} times)`, async () => {
    const orders = fc.array(fc.nat(), { minLength: 60, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 20 }), orders, orders, async (deeds, one, other) => {
        const before = newState(2);
        for (const { number } of before.pulls) await look(before, number);
        for (const next of deeds) perform(before, next);
        const ends: unknown[] = [];
        for (const order of [one, other]) {
          const state = structuredClone(before);
          for (const choice of order) {
            const at = choice % Math.max(1, state.line.length);
            const delivery = state.line[at];
            if (!delivery) break;
            await arrive(state, delivery);
            if (choice % 3 > 0) state.line.splice(at, 1);
          }
          for (const delivery of state.line.splice(0)) await arrive(state, delivery);
          for (const { number } of state.pulls) await look(state, number);
          check(state);
          ends.push(state.pulls.map(({ published }) => published));
        }
        expect(ends[0]).toEqual(ends[1]);
      }),
      { numRuns: runs },
    );
  });
});
