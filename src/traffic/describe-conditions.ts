import type { RequestCondition, StringTest } from "./effective/condition.ts";
import type { StaticCondition } from "./effective/table.ts";

/** A condition in the operator's words: `path /api/*`, `header user-tier = premium`, `header x-debug absent`. */
export function conditionText(condition: RequestCondition): string {
  const { part, name, test, negated, ignoreCase } = condition;
  const subject =
    part === "sni" ? "SNI" : part === "address" ? "destination" : [part, name].filter(Boolean).join(" ");
  if (test.kind === "present") return `${subject} ${negated ? "absent" : "present"}`;
  return `${negated ? "not " : ""}${subject} ${testText(test)}${ignoreCase ? " (any case)" : ""}`;
}

function testText(test: Exclude<StringTest, { kind: "present" }>): string {
  switch (test.kind) {
    case "prefix":
      return `${valueText(test.value)}*`;
    case "suffix":
      return `*${valueText(test.value)}`;
    case "regex":
      return `~ /${shortened(test.value)}/`;
    case "subnet":
      return test.value;
    case "exact":
      return `= ${valueText(test.value)}`;
  }
}

/** Values that would blur into the sentence around them are quoted. */
function valueText(value: string): string {
  return /^[^\s"',;]+$/.test(value) ? shortened(value) : JSON.stringify(shortened(value));
}

const longestValue = 200;

/** Nobody reads a thousand characters: the ends tell which value it is. */
function shortened(value: string): string {
  if (value.length <= longestValue) return value;
  return `${value.slice(0, 120)}…${value.length - 180} more…${value.slice(-60)}`;
}

/** What a route asks of the caller: `port 8080`, `from namespace web`, `from app=web`. */
export function staticTexts({ port, sourceNamespace, sourceLabels }: StaticCondition): string[] {
  return [
    ...(port === null ? [] : [`port ${port}`]),
    ...(sourceNamespace === null ? [] : [`from namespace ${sourceNamespace}`]),
    ...Object.entries(sourceLabels)
      .sort()
      .map(([label, value]) => `from ${label}=${value}`),
  ];
}
