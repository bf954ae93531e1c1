import { type Alias, type Document, isNode, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import type { z } from "zod";
import type { Path, Problem, Range } from "../manifest/source.ts";
import { expressionProblems } from "./custom/problems.ts";
import { doubledRules, referenceProblems } from "./references.ts";
import { type PolicyDocument, policySchema } from "./schema.ts";
import { knownKeys } from "./schema-walk.ts";
import { unknownName, whereOf, wordingOf } from "./wording.ts";

/** A policy file that validates, and where each of its values stands. */
export interface PolicyLayer {
  /** How reports name it: `acme/.github:.github/sluice.yaml`, `recommended@1`, or a path. */
  readonly source: string;
  /** The commit it was read at; null outside Git. */
  readonly commit: string | null;
  readonly document: PolicyDocument;
  lineOf(path: Path): number;
}

export type PolicyReading =
  | { readonly layer: PolicyLayer; readonly problems?: never }
  | { readonly layer?: never; readonly problems: readonly Problem[] };

/** Bytes of a policy file that are read at most; a policy is written by hand. */
const maxPolicyBytes = 256 * 1024;

/**
 * Reads and validates one policy file. What is wrong with it comes back as problems with line and suggestion. A file that
 * stands below another may name what that one defines.
 */
export function readPolicy(
  text: string,
  source: string,
  commit: string | null,
  { below = false }: { readonly below?: boolean } = {},
): PolicyReading {
  const lines = new LineCounter();
  const at = (offset: number): Range => {
    const { line, col } = lines.linePos(offset);
    return { file: source, line, column: col, endLine: line, endColumn: col };
  };
  if (text.length > maxPolicyBytes) {
    return {
      problems: [
        { code: "policy-too-large", message: `policy is larger than ${maxPolicyBytes} bytes`, range: at(0) },
      ],
    };
  }
  const yaml = parseDocument(text, { lineCounter: lines, version: "1.2", merge: true });
  if (yaml.errors.length > 0) {
    return {
      problems: yaml.errors.map((error) => ({
        code: "policy-syntax",
        message: syntaxText(error),
        range: at(error.pos[0]),
      })),
    };
  }
  const content = contentOf(yaml);
  if ("unresolved" in content) {
    return { problems: [{ code: "policy-syntax", message: content.unresolved, range: at(content.offset) }] };
  }
  const position = (path: Path): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = yaml.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  };
  const locate = (path: Path) => at(position(path));
  const parsed = policySchema.safeParse(content.value, { reportInput: true });
  if (!parsed.success) return { problems: explained(parsed.error.issues, locate) };
  const problems = [
    ...expressionProblems(parsed.data.custom ?? [], locate),
    ...doubledRules(parsed.data, locate),
    ...(below ? [] : referenceProblems(parsed.data, locate)),
  ];
  if (problems.length > 0) return { problems };
  return {
    layer: { source, commit, document: parsed.data, lineOf: (path) => locate(path).line },
  };
}

/** What YAML makes of the document; an alias without its anchor, or far too many of them, make nothing. */
function contentOf(
  yaml: Document,
): { readonly value: unknown } | { readonly unresolved: string; readonly offset: number } {
  let dangling: Alias | null = null;
  visit(yaml, {
    Alias(_key, alias) {
      if (alias.resolve(yaml)) return undefined;
      dangling = alias;
      return visit.BREAK;
    },
  });
  if (dangling !== null) {
    const { source, range } = dangling as Alias;
    return { unresolved: `nothing before *${source} is anchored as &${source}`, offset: range?.[0] ?? 0 };
  }
  try {
    return { value: yaml.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { unresolved: "anchors are used too often; write the settings out", offset: 0 };
  }
}

function syntaxText({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "a policy is one YAML document, and another one begins here";
  return message.split("\n")[0]!.replace(/ at line \d+, column \d+:$/, "");
}

function explained(issues: readonly z.core.$ZodIssue[], locate: (path: Path) => Range): Problem[] {
  // What a mistyped key leaves out is not missing besides.
  const mistyped = issues
    .filter(({ code }) => code === "unrecognized_keys")
    .map(({ path }) => path.join("."));
  return issues
    .filter(({ code, path }) => code !== "custom" || !mistyped.includes(path.join(".")))
    .flatMap((issue) => explain(issue, locate));
}

function explain(issue: z.core.$ZodIssue, locate: (path: Path) => Range): Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: "policy-unknown-key",
      ...unknownName(whereOf(path), key, knownKeys(policySchema, path)),
      range: locate([...path, key]),
    }));
  }
  return [{ code: "policy-invalid", ...wordingOf(issue, policySchema), range: locate(path) }];
}
