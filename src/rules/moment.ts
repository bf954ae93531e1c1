/** A moment at which something that was judged may be judged otherwise, though nobody does anything. */
export interface Turn {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What happens then: `a freeze begins`. */
  readonly what: string;
}

/**
 * The moment at which a change is judged. It remembers the first moment to come that a judgement hung on: until then the
 * same change is judged the same, so that nobody has to look again before.
 */
export class Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  #turn: Turn | null = null;

  constructor(now: number) {
    this.now = now;
  }

  /** Whether an instant is still to come; if it is, the judgement turns there. */
  isBefore(at: number, what: string): boolean {
    const isToCome = this.now < at;
    if (isToCome) this.await({ at, what });
    return isToCome;
  }

  /** The judgement turns at an instant to come. */
  await(turn: Turn): void {
    this.#turn = firstTurn([this.#turn, turn]);
  }

  /** The first of all instants to come that anybody asked about. */
  get turn(): Turn | null {
    return this.#turn;
  }
}

/** The earliest of some turns; the first named where several are at one time. */
export function firstTurn(turns: readonly (Turn | null)[]): Turn | null {
  return turns.reduce((first, turn) => (first && (!turn || first.at <= turn.at) ? first : turn), null);
}
