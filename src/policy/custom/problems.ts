import type { Path, Problem, Range } from "../../manifest/source.ts";
import type { CustomRule } from "./custom-rule.ts";
import { compile } from "./expression.ts";

/** What is wrong with the expressions of custom rules: found when the policy is read, not when a pull request waits. */
export function expressionProblems(rules: readonly CustomRule[], locate: (path: Path) => Range): Problem[] {
  return rules.flatMap((rule, index) => {
    const path = ["custom", index];
    const expressions: [Path, string | undefined, readonly string[]][] = [
      [[...path, "when"], rule.when, ["bool", "dyn"]],
      [[...path, "expression"], rule.expression, ["bool", "dyn"]],
      [[...path, "messageExpression"], rule.messageExpression, ["string", "dyn"]],
      ...(rule.variables ?? []).map((variable, number): [Path, string, readonly string[]] => [
        [...path, "variables", number, "expression"],
        variable.expression,
        [],
      ]),
    ];
    return expressions.flatMap(([at, text, types]) => problemsOf(at, text, types, locate));
  });
}

function problemsOf(
  path: Path,
  text: string | undefined,
  types: readonly string[],
  locate: (path: Path) => Range,
): Problem[] {
  if (text === undefined) return [];
  const result = compile(text);
  const where = path.join(".");
  if (!("evaluate" in result)) {
    return [
      {
        code: "policy-expression",
        message: `${where}: ${result.message}`,
        range: locate(path),
        fix: `see character ${result.offset + 1} of the expression`,
      },
    ];
  }
  if (types.length === 0 || types.includes(result.type)) return [];
  return [
    {
      code: "policy-expression",
      message: `${where} gives ${result.type}, not ${types[0]}`,
      range: locate(path),
    },
  ];
}
