/** Somebody on GitHub. Logins change hands, ids do not. */
export interface Account {
  readonly id: number;
  readonly login: string;
}

export type Role = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** One thing to ask GitHub before anybody can be authorised. */
export type Question =
  | {
      readonly kind: "team";
      readonly organisation: string;
      readonly slug: string;
      readonly login: string;
    }
  | { readonly kind: "role"; readonly login: string }
  /** CODEOWNERS on the default branch; null where there is none. */
  | { readonly kind: "codeowners" }
  /** Whoever authored or committed a commit of the pull request: `#id`, or a login in lower case where only that is known. */
  | { readonly kind: "contributors"; readonly pull: number };

/** What GitHub said; a fault is a fact of its own, and never a yes. */
export type Fact = boolean | Role | string | null | readonly string[] | { readonly failed: string };

/** Answers so far, by `questionKey`. */
export type Facts = ReadonlyMap<string, Fact>;

export function questionKey(question: Question): string {
  switch (question.kind) {
    case "team":
      return `team ${question.organisation}/${question.slug} ${question.login}`.toLowerCase();
    case "role":
      return `role ${question.login}`.toLowerCase();
    case "contributors":
      return `contributors ${question.pull}`;
    case "codeowners":
      return question.kind;
  }
}

/** Looks facts up for a pure decision, and notes what it would have liked to know. */
export class FactReader {
  readonly #facts: Facts;
  readonly #missing = new Map<string, Question>();
  readonly #failures = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** What is to be asked before the decision stands; empty when it does. */
  get missing(): readonly Question[] {
    return [...this.#missing.values()];
  }

  /** What GitHub failed to say: whatever hung on it was decided as no. */
  get failures(): readonly string[] {
    return [...this.#failures];
  }

  /** The answer; undefined where there is none (yet), which is never a yes. */
  ask(question: Question): Exclude<Fact, { readonly failed: string }> | undefined {
    const key = questionKey(question);
    const fact = this.#facts.get(key);
    if (fact === undefined) {
      this.#missing.set(key, question);
      return undefined;
    }
    if (typeof fact === "object" && fact !== null && "failed" in fact) {
      this.#failures.add(fact.failed);
      return undefined;
    }
    return fact;
  }
}
