/** Thrown inside the engine when an exact answer would cost too much; its callers answer coarsely instead. */
export class BudgetExceeded extends Error {}

/**
 * How much work an exact answer may cost. Units are elementary steps of the engine (a list entry copied, an automaton
 * moved), never time, so that the same manifests get the same answer on every machine.
 */
export class Budget {
  private left: number;
  private readonly parent: Budget | null;

  constructor(units: number, parent: Budget | null = null) {
    this.left = units;
    this.parent = parent;
  }

  /** A part of this budget: what it spends is spent here too. */
  slice(units: number): Budget {
    return new Budget(units, this);
  }

  /** Whether an earlier demand was too much already. */
  get isExhausted(): boolean {
    return this.left < 0 || (this.parent?.isExhausted ?? false);
  }

  /** Takes `units` away; throws `BudgetExceeded` when they are not there. */
  spend(units: number): void {
    this.left -= units;
    if (this.left < 0)
      throw new BudgetExceeded("the exact comparison needs more work than its budget allows");
    this.parent?.spend(units);
  }
}
