import * as z from "zod";
import type { Path } from "../manifest/source.ts";
import type { MeshObject } from "../mesh/object.ts";
import type { Certainty } from "../traffic/change.ts";
import type { Violation } from "./finding.ts";
import type { IstioCode, Level } from "./istio-messages.ts";
import { defineStateRule, type RuleDocs, type StateContext, type StateRule } from "./rule.ts";

/** A mistake in an object, by its path and not yet by its line. */
export interface Statement {
  readonly object: MeshObject<unknown>;
  /** From the root of the manifest. */
  readonly path: Path;
  readonly part?: "key" | "value";
  /** What in the object, by meaning and never by index or line. */
  readonly subject: string;
  readonly message: string;
  /** A function where finding it takes time: most statements are about what nobody touched. */
  readonly fix: string | (() => string);
  readonly after?: string;
  /** Without it: certain. */
  readonly certainty?: Certainty;
  readonly istio?: readonly IstioCode[];
}

export type AnalysisContext = Pick<StateContext<object>, "mesh" | "touched" | "complete" | "moment">;

interface AnalysisRule {
  readonly id: string;
  readonly title: string;
  readonly docs: RuleDocs;
  readonly level: Level;
  readonly istio?: readonly IstioCode[];
  /** It speaks to each party of a conflict, with one subject. */
  readonly mutual?: boolean;
  check(context: AnalysisContext): Iterable<Statement>;
}

const none = z.strictObject({});

/** Declares a rule that finds mistakes in a mesh, whatever the policy: part of `sluice analyze`, and without options. */
export function defineAnalysis({
  level,
  istio = [],
  mutual = false,
  check,
  ...rule
}: AnalysisRule): StateRule {
  return defineStateRule({
    ...rule,
    approval: null,
    options: none,
    analysis: { mutual, level, istio },
    *check(context) {
      for (const statement of check(context)) yield violation(statement);
    },
  });
}

/** Place and fix are looked up when somebody wants to know. */
function violation({ object, path, part, fix, certainty = "certain", ...said }: Statement): Violation {
  return {
    ...said,
    certainty,
    object: object.id,
    get range() {
      return object.locate(path, part);
    },
    get fix() {
      return typeof fix === "string" ? fix : fix();
    },
  };
}
