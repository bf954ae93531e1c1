import type { CodePoints } from "./code-points.ts";

/** Where an assertion holds; `\b` and `\B` speak of ASCII words. */
export type Assertion =
  | "text-start"
  | "text-end"
  | "line-start"
  | "line-end"
  | "word-boundary"
  | "inside-word";

/** An RE2 expression as a language: captures and greediness do not change what matches in full. */
export type Regex =
  | { readonly kind: "empty" }
  | { readonly kind: "one-of"; readonly set: CodePoints }
  | { readonly kind: "sequence"; readonly parts: readonly Regex[] }
  | { readonly kind: "choice"; readonly options: readonly Regex[] }
  | { readonly kind: "repeat"; readonly body: Regex; readonly least: number; readonly most: number }
  | { readonly kind: "assertion"; readonly at: Assertion };

/** The expression is not RE2: Envoy would refuse the configuration that holds it. */
export class RegexSyntaxError extends Error {}

/** `parts` one after the other. */
export function sequence(parts: readonly Regex[]): Regex {
  if (parts.length === 0) return { kind: "empty" };
  return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
}

/** Whether anything in `regex` depends on the character before it. */
export function looksBehind(regex: Regex): boolean {
  switch (regex.kind) {
    case "assertion":
      return regex.at !== "text-end";
    case "repeat":
      return looksBehind(regex.body);
    case "sequence":
      return regex.parts.some(looksBehind);
    case "choice":
      return regex.options.some(looksBehind);
    default:
      return false;
  }
}
