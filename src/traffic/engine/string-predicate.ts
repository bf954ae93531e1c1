/** A predicate on one string, the way Envoy evaluates it: `regex` is RE2 and matches in full. */
export type StringPredicate =
  | { readonly kind: "any" }
  | { readonly kind: "exact" | "prefix"; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: "regex"; readonly pattern: string };

/** Equal for equal predicates. */
export function predicateKey(predicate: StringPredicate): string {
  switch (predicate.kind) {
    case "any":
      return "any";
    case "regex":
      return `regex ${predicate.pattern}`;
    default:
      return `${predicate.kind}${predicate.ignoreCase ? "-any-case" : ""} ${predicate.text}`;
  }
}

/** Whether deciding the predicate needs an automaton rather than a look into the trie of literals. */
export function needsAutomaton(predicate: StringPredicate): boolean {
  return predicate.kind === "regex" || (predicate.kind !== "any" && predicate.ignoreCase);
}
