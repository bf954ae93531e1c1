import type { CodePoints } from "./code-points.ts";
import { codePointsOf, includes } from "./code-points.ts";

/** A deterministic reader of one string predicate. State 0 is the start; what it says holds relative to an alphabet. */
export interface Automaton {
  /** Where characters that it treats alike begin, ascending from 0. */
  readonly boundaries: readonly number[];
  /** Equal for characters that lead to the same state from every state. */
  classOf(codePoint: number): number;
  step(state: number, codePoint: number): number;
  /** Whether the text read so far matches. */
  accepts(state: number): boolean;
  /** Whether some continuation matches. */
  isLive(state: number): boolean;
  /** Whether every continuation matches. */
  isUniversal(state: number): boolean;
}

/** The state after reading `text` from `state`. */
export function run(automaton: Automaton, state: number, text: string): number {
  let at = state;
  for (const character of text) at = automaton.step(at, character.codePointAt(0)!);
  return at;
}

/** ASCII letters in lower case, everything else as it is: how Envoy ignores case (`absl::EqualsIgnoreCase`). */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const lowerCode = (codePoint: number) =>
  codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;

/** Reads one literal in any ASCII case: a state is the number of characters that agreed. */
export class FoldedLiteral implements Automaton {
  readonly boundaries: readonly number[];
  private readonly text: readonly number[];
  private readonly isPrefix: boolean;
  private readonly dead: number;
  private readonly startsDead: boolean;

  constructor(literal: string, isPrefix: boolean, alphabet: CodePoints) {
    this.text = codePointsOf(lowerAscii(literal));
    this.isPrefix = isPrefix;
    this.dead = this.text.length + 1;
    this.startsDead = codePointsOf(literal).some((c) => !includes(alphabet, c));
    const starts = new Set([0]);
    for (const c of this.text) {
      starts.add(c).add(c + 1);
      if (c >= 0x61 && c <= 0x7a) starts.add(c - 0x20).add(c - 0x1f);
    }
    this.boundaries = [...starts].sort((a, b) => a - b);
  }

  classOf(codePoint: number): number {
    const lower = lowerCode(codePoint);
    return this.text.includes(lower) ? lower : -1;
  }

  step(state: number, codePoint: number): number {
    if (state >= this.text.length) return this.isPrefix && state === this.text.length ? state : this.dead;
    return this.text[state] === lowerCode(codePoint) ? state + 1 : this.dead;
  }

  accepts(state: number): boolean {
    return !this.startsDead && state === this.text.length;
  }

  isLive(state: number): boolean {
    return !this.startsDead && state !== this.dead;
  }

  isUniversal(state: number): boolean {
    return this.isPrefix && this.accepts(state);
  }
}
