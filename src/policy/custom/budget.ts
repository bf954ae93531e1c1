/** Steps that one evaluation may take: elements that macros walk over, and text that patterns look at. */
const steps = 20_000;

/** Counts down, and throws when nothing is left. */
export class Budget {
  #left = steps;

  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new Error(`the expression takes more than ${steps} steps`);
  }
}
