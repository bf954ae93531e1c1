import { type ASTNode, Environment, serialize } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import { type Allowance, Budget } from "./budget.ts";

/** A CEL expression that was checked when the policy was read. */
export interface Expression {
  /** Evaluates within a budget, and within what its rule may still cost. Throws `ExpressionError` when it cannot, or may not go on. */
  evaluate(variables: object, allowance?: Allowance): unknown;
  /** The type CEL infers: `bool`, `string`, `dyn`, … */
  readonly type: string;
}

/** Why an expression is refused, and where in its text (characters from 0). */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
}

/** An expression that failed on some object: a missing key, a wrong type, an exhausted budget. */
export class ExpressionError extends Error {}

/** Longest expression that is read. Kubernetes has the same order of magnitude. */
const maxExpressionCharacters = 4_096;
const limits = {
  maxAstNodes: 2_000,
  maxDepth: 100,
  maxListElements: 500,
  maxMapEntries: 500,
  maxCallArguments: 16,
};

/** What expressions may speak about; `params` and `variables` hold what the rule brings along. */
const vocabulary = {
  object: "dyn",
  oldObject: "dyn",
  params: "dyn",
  variables: "dyn",
  environment: "string",
  environments: "list<string>",
  shifts: "list<dyn>",
  routes: "list<dyn>",
} as const;

const macros = new Set(["all", "exists", "exists_one", "map", "filter"]);
/** Methods whose answer may be longer than what they were given. */
const growing = new Set(["split", "join", "replace"]);
let budget = new Budget();

/**
 * Expressions as they are evaluated: `matches` is RE2's, because a JavaScript RegExp can be made to run for ever, and every
 * list that a macro walks is counted, as is whatever can grow: adding a list to itself forty times fills any memory. Expressions as they are checked keep CEL's own names, so that messages do too.
 */
const checking = vocabularyOf(
  new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits }),
);
const evaluating = vocabularyOf(
  new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }),
)
  .registerFunction("dyn.re2(dyn): bool", (text, pattern) => matches(text, pattern))
  .registerFunction("counted(dyn): dyn", (items) => {
    budget.spend(sizeOf(items));
    return items;
  });

function vocabularyOf(environment: Environment): Environment {
  for (const [name, type] of Object.entries(vocabulary)) environment.registerVariable(name, type);
  return environment
    .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) => {
      const most = text.length / Math.max(from.length, 1) + 1;
      budget.spend(textCost(text.length + most * to.length));
      return text.replaceAll(from, () => to);
    })
    .registerFunction("list.sum(): dyn", (items: readonly (bigint | number)[]) =>
      items.every((item) => typeof item === "bigint")
        ? items.reduce((total: bigint, item) => total + (item as bigint), 0n)
        : items.reduce((total: number, item) => total + Number(item), 0),
    );
}

/** Parses and type-checks an expression, or says what is wrong with it. */
export function compile(text: string): Expression | ExpressionProblem {
  if (text.length > maxExpressionCharacters) {
    return { message: `the expression is longer than ${maxExpressionCharacters} characters`, offset: 0 };
  }
  const checked = checkedType(text);
  if (typeof checked !== "string") return checked;
  const program = evaluating.parse(serialize(metered(checking.parse(text).ast)));
  return {
    type: checked,
    evaluate(variables, allowance) {
      budget = new Budget(allowance);
      try {
        return program(variables as Record<string, unknown>);
      } catch (error) {
        throw new ExpressionError(firstLine(error));
      }
    },
  };
}

function checkedType(text: string): string | ExpressionProblem {
  try {
    const result = checking.check(text);
    if (result.valid) return String(result.type ?? "dyn");
    return problemOf(result.error);
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): ExpressionProblem {
  const offset = (error as { range?: { start?: number } } | null)?.range?.start ?? 0;
  return { message: firstLine(error), offset };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** The same expression with RE2, and with every walk over a list and everything that can grow counted. */
function metered(node: ASTNode): ASTNode {
  const rewritten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewritten);
    return typeof value === "object" && value !== null && "op" in value ? metered(value as ASTNode) : value;
  };
  const args = rewritten(node.args);
  if (node.op === "rcall") {
    const [name, receiver, operands] = args as [string, ASTNode, ASTNode[]];
    if (name === "matches") return { ...node, args: ["re2", receiver, operands] } as ASTNode;
    if (macros.has(name)) return { ...node, args: [name, counted(receiver), operands] } as ASTNode;
    if (growing.has(name)) return counted({ ...node, args } as ASTNode);
  }
  return node.op === "+" ? counted({ ...node, args } as ASTNode) : ({ ...node, args } as ASTNode);
}

function counted(node: ASTNode): ASTNode {
  return { ...node, op: "call", args: ["counted", [node]] } as unknown as ASTNode;
}

/** A step for every 64 characters. */
const textCost = (characters: number): number => Math.ceil(characters / 64);

function sizeOf(items: unknown): number {
  if (Array.isArray(items)) return items.length;
  if (typeof items === "string") return 1 + textCost(items.length);
  if (ArrayBuffer.isView(items)) return 1 + textCost(items.byteLength);
  if (items instanceof Map) return items.size;
  return typeof items === "object" && items !== null ? Object.keys(items).length : 1;
}

const patterns = new Map<string, RE2JS>();

function matches(text: unknown, pattern: unknown): boolean {
  if (typeof text !== "string" || typeof pattern !== "string")
    throw new ExpressionError("matches takes strings");
  if (pattern.length > 1_024) throw new ExpressionError("a pattern may have 1024 characters");
  const compiled = patterns.get(pattern) ?? compiledPattern(pattern);
  // RE2 looks at each character with each instruction of the pattern, at most.
  budget.spend(1 + textCost((text.length * compiled.programSize()) / 64));
  // CEL's matches looks for the pattern anywhere in the text.
  return compiled.matcher(text).find();
}

/** A pattern may be put together from the object, another one each time: making it is not free either. */
function compiledPattern(pattern: string): RE2JS {
  const compiled = RE2JS.compile(pattern);
  budget.spend(compiled.programSize());
  if (patterns.size < 1_000) patterns.set(pattern, compiled);
  return compiled;
}
