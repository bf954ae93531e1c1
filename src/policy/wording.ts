import type { z } from "zod";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { severities } from "../rules/rule.ts";
import { knownKeys } from "./schema-walk.ts";

/** What is wrong with a value of a policy, and what to do about it. */
export interface Wording {
  readonly message: string;
  readonly fix?: string;
}

type Issue = z.core.$ZodIssue;

/** An issue of the schema in plain words; `where` is the path as people write it. */
export function wordingOf(issue: Issue, root: unknown): Wording {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const where = whereOf(path);
  switch (issue.code) {
    case "invalid_value":
      return wrongChoice(where, issue.input, issue.values.map(String));
    case "invalid_type":
      return wrongType(where, issue.expected, issue.input, path.at(-1));
    case "invalid_key":
      return unknownName(whereOf(path.slice(0, -1)), String(path.at(-1)), knownKeys(root, path.slice(0, -1)));
    case "invalid_union":
      return wrongUnion(where, issue, root);
    case "too_small":
    case "too_big":
      return {
        message: `${where} is ${sizeText(issue)}${Array.isArray(issue.input) ? "" : saying(issue.input)}`,
      };
    case "invalid_format":
      return issue.format === "date"
        ? { message: `${where} is a day such as 2027-03-31${saying(issue.input)}` }
        : { message: `${where}: ${issue.message}${saying(issue.input)}` };
    default:
      return { message: `${where}: ${issue.message}${isScalar(issue.input) ? saying(issue.input) : ""}` };
  }
}

/** How people write the path of a setting. */
export function whereOf(path: readonly (string | number)[]): string {
  return path.length > 0 ? path.join(".") : "the policy";
}

/** A key that the schema does not know. */
export function unknownName(where: string, name: string, known: readonly string[]): Wording {
  const suggestion = nearest(name, known);
  return {
    message: `${name} is not a setting of ${where}`,
    ...(suggestion || known.length > 0
      ? { fix: suggestion ? `did you mean ${suggestion}?` : `known settings are ${known.join(", ")}` }
      : {}),
  };
}

function wrongChoice(where: string, input: unknown, values: readonly string[]): Wording {
  const choices = oneOf(values);
  if (input === undefined) return { message: `${where} is missing`, fix: `write ${choices}` };
  const suggestion = typeof input === "string" ? nearest(input, values) : null;
  const fix = suggestion === input ? "write it without quotes" : `did you mean ${suggestion}?`;
  return { message: `${where} is ${choices}${saying(input)}`, ...(suggestion ? { fix } : {}) };
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list of two values, the least and the most",
  object: "a mapping of settings",
  record: "a mapping of names to values",
};

function wrongType(
  where: string,
  expected: string,
  input: unknown,
  last: string | number | undefined,
): Wording {
  const kind = kinds[expected] ?? expected;
  if (input === undefined) return { message: `${where} is missing`, fix: `write ${last}: ${kind}` };
  if (input === null && last === undefined) {
    return { message: `${where} is empty`, fix: "begin with version: 1" };
  }
  if (input === null) {
    return { message: `${where} has no value`, fix: `write ${kind}, or leave the key out` };
  }
  const fix = correction(expected, input);
  return { message: `${where} is ${kind}${saying(input)}`, ...(fix ? { fix } : {}) };
}

/** What was most likely meant. */
function correction(expected: string, input: unknown): string | null {
  if (expected === "array" && isScalar(input)) return `write [${JSON.stringify(input)}]`;
  if (expected === "string" && typeof input === "number") return "write it with its unit, or in quotes";
  if (typeof input !== "string") return null;
  if (expected === "object" && (severities as readonly string[]).includes(input)) {
    return `write { severity: ${input} }`;
  }
  const number = Number.parseFloat(input);
  return expected === "number" && Number.isFinite(number) ? `write ${number}, without quotes or unit` : null;
}

/** Of several forms the one that the value comes closest to: of its kind, else the first. */
function wrongUnion(where: string, issue: Extract<Issue, { code: "invalid_union" }>, root: unknown): Wording {
  const inner = issue.errors
    .map(([first]) => first)
    .filter((first) => first !== undefined)
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (!inner) return { message: `${where}: ${issue.message}` };
  return wordingOf({ ...inner, path: [...issue.path, ...inner.path] }, root);
}

/** `between 0 and 100`, `at least 2 long`: the bound that was passed. */
function sizeText(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const [bound, word] = issue.code === "too_small" ? [issue.minimum, "at least"] : [issue.maximum, "at most"];
  const exclusive = issue.inclusive === false;
  if (issue.origin === "array") return `a list of ${word} ${bound} ${bound === 1 ? "entry" : "entries"}`;
  if (issue.origin === "string")
    return bound === 1 ? "a text that is not empty" : `${word} ${bound} characters long`;
  if (exclusive) return `${issue.code === "too_small" ? "more" : "less"} than ${bound}`;
  return `${word} ${bound}`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function isScalar(input: unknown): boolean {
  return typeof input !== "object";
}

/** What stands there instead, where that helps: a long list or mapping does not. */
function saying(input: unknown): string {
  if (input === undefined) return "";
  if (Array.isArray(input)) return input.length === 0 ? ", not an empty list" : ", not a list";
  if (typeof input === "object") return input === null ? ", not empty" : ", not a mapping";
  return `, not ${JSON.stringify(input)}`;
}
