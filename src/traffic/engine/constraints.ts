import type { RequestCondition } from "../effective/condition.ts";
import { addressBits } from "./address-bits.ts";
import type { Literal } from "./composites.ts";
import { type Constraint, mostConstraints } from "./rule-space.ts";
import type { StringPredicate } from "./string-predicate.ts";

/** An expression that is no RE2: what it matches is unknown. */
const unknowable: StringPredicate = { kind: "regex", pattern: "(" };

/**
 * A route's conditions, gathered by the dimension they look at. Dimensions are named `part` or `part name`. Of a route
 * that looks at more than a walk can follow, the last conditions become one of which nobody knows whether it holds.
 */
export function constraintsOf(conditions: readonly RequestCondition[]): Constraint[] {
  const byDimension = new Map<string, Literal[]>();
  for (const condition of conditions) {
    const dimension = dimensionOf(condition);
    const literal = { predicate: predicateOf(condition), negated: condition.negated };
    const literals = byDimension.get(dimension);
    if (literals === undefined) byDimension.set(dimension, [literal]);
    else literals.push(literal);
  }
  const constraints = [...byDimension].map(([dimension, literals]) => ({ dimension, literals }));
  if (constraints.length <= mostConstraints) return constraints;
  const rest = constraints.slice(mostConstraints - 1);
  const dimension = `others ${rest.map((constraint) => constraint.dimension).join(", ")}`;
  const doubtful = { dimension, literals: [{ predicate: unknowable, negated: false }] };
  return [...constraints.slice(0, mostConstraints - 1), doubtful];
}

/** The dimension that a condition constrains. */
export function dimensionOf({ part, name, test }: RequestCondition): string {
  if (part === "claim") return `claim ${name} ${test.kind} ${test.kind === "present" ? "" : test.value}`;
  return name === "" ? part : `${part} ${name}`;
}

function predicateOf({ part, test, ignoreCase }: RequestCondition): StringPredicate {
  if (part === "claim" || test.kind === "present") return { kind: "any" };
  switch (test.kind) {
    case "regex":
      return { kind: "regex", pattern: test.value };
    case "subnet": {
      const bits = addressBits(test.value);
      return bits === null ? unknowable : { kind: "prefix", text: bits, ignoreCase: false };
    }
    case "suffix":
      return { kind: "prefix", text: reversed(test.value), ignoreCase: false };
    default: {
      const text = part === "sni" ? reversed(test.value) : test.value;
      return { kind: test.kind, text, ignoreCase };
    }
  }
}

/** Server names are read backwards, and compared in lower case. */
export function reversed(name: string): string {
  return [...name.toLowerCase()].reverse().join("");
}
