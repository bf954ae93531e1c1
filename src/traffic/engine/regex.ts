import type { Automaton } from "./automaton.ts";
import { type Budget, BudgetExceeded } from "./budget.ts";
import type { CodePoints } from "./code-points.ts";
import { RegexAutomaton } from "./regex-automaton.ts";
import { parseRegex } from "./regex-parser.ts";
import { looksBehind, type Regex, RegexSyntaxError, sequence } from "./regex-syntax.ts";

/** What one expression may cost: about a thousand times an ordinary one. */
const unitsPerRegex = 400_000;

/** A full-match predicate on a string: its texts are `prefix` followed by what `rest` reads. */
export interface CompiledRegex {
  readonly prefix: string;
  /** Null when the expression is too large or not RE2: then nobody knows what it matches. */
  readonly rest: Automaton | null;
}

/** An RE2 expression over `alphabet`, split so that its literal beginning costs nothing; compiled when first needed. */
export class LazyRegex implements CompiledRegex {
  readonly prefix: string;
  private readonly tail: Regex | null;
  private readonly alphabet: CodePoints;
  private readonly budget: Budget;
  private known: Automaton | null | undefined;

  constructor(text: string, alphabet: CodePoints, budget: Budget) {
    this.alphabet = alphabet;
    this.budget = budget.slice(unitsPerRegex);
    const split = unlessTooLarge(() => splitPrefix(parseRegex(text, this.budget)));
    this.prefix = split?.prefix ?? "";
    this.tail = split?.rest ?? null;
  }

  get rest(): Automaton | null {
    if (this.known === undefined) {
      const { tail } = this;
      this.known = tail && unlessTooLarge(() => new RegexAutomaton(tail, this.alphabet, this.budget));
    }
    return this.known;
  }
}

function unlessTooLarge<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof BudgetExceeded || error instanceof RegexSyntaxError) return null;
    throw error;
  }
}

/** `regex` as a literal text and the rest, which never looks back at it. */
function splitPrefix(regex: Regex): { prefix: string; rest: Regex } {
  const parts = regex.kind === "sequence" ? regex.parts : [regex];
  // Under full match an assertion of the text's start is always true where the text starts.
  const first = parts.findIndex((part) => part.kind !== "assertion" || part.at !== "text-start");
  const rest = first < 0 ? [] : parts.slice(first);
  if (rest.some(looksBehind)) return { prefix: "", rest: sequence(rest) };
  let prefix = "";
  let literals = 0;
  for (const part of rest) {
    if (part.kind !== "one-of" || part.set.length !== 2 || part.set[0] !== part.set[1]) break;
    prefix += String.fromCodePoint(part.set[0]!);
    literals++;
  }
  return { prefix, rest: sequence(rest.slice(literals)) };
}
