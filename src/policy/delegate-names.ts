import * as z from "zod";
import type { Path, Problem, Range } from "../manifest/source.ts";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { rules } from "../rules/index.ts";
import { severities } from "../rules/rule.ts";
import { delegableNames } from "./delegate-schema.ts";
import { delegatedPath, isBounded } from "./delegation.ts";
import { directionOf } from "./direction.ts";
import type { PolicyDocument } from "./schema.ts";
import { modeSchema, unrenderedSchema } from "./schema.ts";
import { wordingOf } from "./wording.ts";

/** What is wrong with the names and the bounds under `delegate`, in the file and in its overlays. */
export function delegationProblems(document: PolicyDocument, locate: (path: Path) => Range): Problem[] {
  const own = (document.custom ?? []).flatMap(({ id }) => [`custom.${id}`, `custom.${id}.severity`]);
  const known = [...delegableNames, ...own];
  const parts = [
    { path: [] as Path, delegate: document.delegate },
    ...(document.overlays ?? []).map(({ delegate }, index) => ({ path: ["overlays", index], delegate })),
  ];
  return parts.flatMap(({ path, delegate = {} }) =>
    Object.entries(delegate).flatMap(([name, bound]) => {
      const place = [...path, "delegate", name];
      const problem =
        isEntry(name) || known.includes(name) ? boundProblem(name, bound) : nameProblem(name, known);
      return problem ? [{ code: "policy-delegate", range: locate(place), ...problem }] : [];
    }),
  );
}

type Complaint = Pick<Problem, "message" | "fix">;

function nameProblem(name: string, known: readonly string[]): Complaint {
  // Most people leave the section away.
  const suggestion = nearest(name, known) ?? nearest(`rules.${name}`, known);
  return {
    message: `${name} is nothing that can be handed down`,
    fix: suggestion
      ? `did you mean ${suggestion}?`
      : "write rules.<rule>.<option>, rules.<rule>.severity, or a key of the organisation such as exceptions",
  };
}

function boundProblem(name: string, bound: unknown): Complaint | null {
  if (typeof bound === "boolean") return null;
  const path = delegatedPath(name);
  const schema = isBounded(path) ? boundSchema(path) : null;
  if (!schema) {
    return {
      message: `${name} has no order, so there is no bound to it`,
      fix: "write true to hand it down whole",
    };
  }
  const parsed = schema.safeParse(bound, { reportInput: true });
  if (parsed.success) return null;
  const issue = parsed.error.issues[0]!;
  const { message } = wordingOf({ ...issue, path: [name, ...issue.path] }, schema);
  return { message, fix: "write a value that the setting may have, or true for no bound" };
}

/** What the setting itself may be; null where it is no single setting. */
function boundSchema(path: Path): z.ZodType | null {
  const [section, id, option] = path;
  if (section === "mode") return modeSchema;
  if (section === "unrendered") return unrenderedSchema;
  if (section === "exceptions" || section === "approvals") return z.array(z.string()).min(1);
  if (option === "severity") return z.enum(severities);
  return rules.find((rule) => rule.id === id)?.options.shape[String(option)] ?? null;
}

/** `rules.gateway-host.claims.*.example.com`: one entry of an option that holds several. */
function isEntry(name: string): boolean {
  const path = delegatedPath(name);
  return path.length === 4 && directionOf(path) === "entries";
}
