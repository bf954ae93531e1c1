import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Path, Problem, Range } from "../manifest/source.ts";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { expressionProblems } from "./custom/problems.ts";
import { doubledRules, referenceProblems } from "./references.ts";
import { type PolicyDocument, policySchema } from "./schema.ts";

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
        message: error.message.split("\n")[0] ?? error.code,
        range: at(error.pos[0]),
      })),
    };
  }
  const position = (path: Path): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = yaml.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  };
  const parsed = policySchema.safeParse(yaml.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) {
    return { problems: parsed.error.issues.flatMap((issue) => explain(issue, (path) => at(position(path)))) };
  }
  const locate = (path: Path) => at(position(path));
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

function explain(issue: z.core.$ZodIssue, locate: (path: Path) => Range): Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const where = path.length > 0 ? path.join(".") : "the policy";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const suggestion = nearest(key, knownKeys(path));
      return {
        code: "policy-unknown-key",
        message: `${key} is not a setting of ${where}`,
        range: locate([...path, key]),
        fix: suggestion ? `did you mean ${suggestion}?` : `known settings are ${knownKeys(path).join(", ")}`,
      };
    });
  }
  return [{ code: "policy-invalid", message: `${where}: ${issue.message}`, range: locate(path) }];
}

/** The names the schema knows at `path`, for suggestions. */
function knownKeys(path: Path): string[] {
  let schema: unknown = policySchema;
  for (const part of path) schema = shapeOf(schema)[part];
  return Object.keys(shapeOf(schema));
}

function shapeOf(schema: unknown): Record<string | number, unknown> {
  let inner = schema as { unwrap?: () => unknown; shape?: Record<string, unknown> } | undefined;
  while (inner?.unwrap) inner = inner.unwrap() as typeof inner;
  return inner?.shape ?? {};
}
