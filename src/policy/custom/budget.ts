/** Steps that one evaluation may take: elements that macros walk over or operations make, and text that is looked at. */
const steps = 20_000;
/** What a rule may take beyond that, on average, for each object it looks at. */
const stepsPerObject = 500;

/** What a rule may cost over all objects of one side: a thousand evaluations of the most expensive kind are refused too. */
export class Allowance {
  readonly most: number;
  left: number;

  constructor(objects: number) {
    this.most = steps + stepsPerObject * objects;
    this.left = this.most;
  }
}

/** Counts down, and throws when nothing is left. */
export class Budget {
  #left = steps;
  readonly #allowance: Allowance | null;

  constructor(allowance: Allowance | null = null) {
    this.#allowance = allowance;
  }

  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new Error(`the expression takes more than ${steps} steps`);
    if (this.#allowance === null) return;
    this.#allowance.left -= cost;
    if (this.#allowance.left < 0)
      throw new Error(`the rule takes more than ${this.#allowance.most} steps over all objects`);
  }
}
