import type { Budget } from "./budget.ts";
import type { CodePoints } from "./code-points.ts";
import type { Assertion, Regex } from "./regex-syntax.ts";

type State =
  | { readonly kind: "accept" }
  | { readonly kind: "one-of"; readonly set: CodePoints; readonly next: number }
  | { readonly kind: "fork"; next: readonly number[] }
  | { readonly kind: "assertion"; readonly at: Assertion; readonly next: number };

/** What stands on one side of a position in the text, as far as assertions care. */
export type Neighbour = "edge" | "word" | "newline" | "other";

/** Thompson's construction: the expression as states between which a matcher may be at once. */
export class NondeterministicAutomaton {
  readonly states: State[] = [];
  readonly accept: number;
  readonly start: number;
  readonly seesWords: boolean;
  readonly seesLines: boolean;
  readonly seesTextStart: boolean;
  private readonly budget: Budget;
  private readonly marks: Int32Array;
  private generation = 0;

  constructor(regex: Regex, budget: Budget) {
    this.budget = budget;
    this.accept = this.add({ kind: "accept" });
    this.start = this.build(regex, this.accept);
    const sees = (...kinds: Assertion[]) =>
      this.states.some((state) => state.kind === "assertion" && kinds.includes(state.at));
    this.seesWords = sees("word-boundary", "inside-word");
    this.seesLines = sees("line-start", "line-end");
    this.seesTextStart = this.seesWords || this.seesLines || sees("text-start");
    this.marks = new Int32Array(this.states.length);
  }

  private add(state: State): number {
    this.budget.spend(4);
    return this.states.push(state) - 1;
  }

  private build(regex: Regex, next: number): number {
    switch (regex.kind) {
      case "empty":
        return next;
      case "one-of":
        return this.add({ kind: "one-of", set: regex.set, next });
      case "assertion":
        return this.add({ kind: "assertion", at: regex.at, next });
      case "sequence":
        return regex.parts.reduceRight((following, part) => this.build(part, following), next);
      case "choice":
        return this.add({ kind: "fork", next: regex.options.map((option) => this.build(option, next)) });
      case "repeat":
        return this.buildRepeat(regex, next);
    }
  }

  private buildRepeat({ body, least, most }: Regex & { kind: "repeat" }, next: number): number {
    let state = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop: State = { kind: "fork", next: [] };
      state = this.add(loop);
      loop.next = [this.build(body, state), next];
    } else {
      for (let i = most; i > least; i--)
        state = this.add({ kind: "fork", next: [this.build(body, state), next] });
    }
    for (let i = 0; i < least; i++) state = this.build(body, state);
    return state;
  }

  /** The reading and accepting states that `from` reaches without reading, between two neighbours. */
  closure(from: readonly number[], before: Neighbour, after: Neighbour): number[] {
    this.generation++;
    const reached: number[] = [];
    const pending = [...from];
    let visited = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (this.marks[at] === this.generation) continue;
      this.marks[at] = this.generation;
      visited++;
      const state = this.states[at]!;
      if (state.kind === "fork") pending.push(...state.next);
      else if (state.kind !== "assertion") reached.push(at);
      else if (holds(state.at, before, after)) pending.push(state.next);
    }
    this.budget.spend(1 + visited);
    return reached;
  }
}

function holds(at: Assertion, before: Neighbour, after: Neighbour): boolean {
  switch (at) {
    case "text-start":
      return before === "edge";
    case "text-end":
      return after === "edge";
    case "line-start":
      return before === "edge" || before === "newline";
    case "line-end":
      return after === "edge" || after === "newline";
    case "word-boundary":
      return (before === "word") !== (after === "word");
    case "inside-word":
      return (before === "word") === (after === "word");
  }
}
