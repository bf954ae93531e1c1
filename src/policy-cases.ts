import { parse } from "yaml";
import * as z from "zod";
import { type Evaluation, evaluate, type Snapshot } from "./evaluation.ts";
import type { InventoryState } from "./inventory.ts";
import { effectivePolicy } from "./policy/effective.ts";
import type { PolicyLayers } from "./policy/layers.ts";

/** A case beside a policy: two states, and what policy is expected to say of the step from the one to the other. */
export interface PolicyCase {
  readonly name: string;
  readonly base: Snapshot;
  readonly head: Snapshot;
  /** Other repositories that complete the mesh: `inventory/OWNER/NAME/…`. */
  readonly inventory: readonly InventoryState[];
  /** The text of `expected.yaml`; null where there is none. */
  readonly expected: string | null;
}

/** What a case expects: the conclusion, and every finding that the change brings, told by the fields that are given. */
const expectation = z.strictObject({
  repository: z.string().optional().describe("owner/name, for policies that tell by it."),
  branch: z.string().optional().describe("The branch that the change is for."),
  now: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("The moment of the evaluation, for exceptions and windows."),
  conclusion: z.enum(["success", "failure", "action_required"]).optional(),
  findings: z
    .array(
      z.strictObject({
        rule: z.string(),
        object: z.string().optional(),
        severity: z.enum(["block", "warn", "info"]).optional(),
        state: z.enum(["new", "worse", "approved", "excepted"]).optional(),
        certainty: z.enum(["certain", "needs-inventory", "undecided"]).optional(),
      }),
    )
    .optional(),
});
type Expectation = z.output<typeof expectation>;

/** The cases among files named `CASE/base/…`, `CASE/head/…` and `CASE/expected.yaml`, in order of their names. */
export function casesIn(files: Snapshot): PolicyCase[] {
  const names = new Set([...files.keys()].flatMap((path) => /^([^/]+)\//.exec(path)?.[1] ?? []));
  const below = (folder: string): Snapshot =>
    new Map(
      [...files].flatMap(([path, text]) =>
        path.startsWith(folder) ? [[path.slice(folder.length), text] as const] : [],
      ),
    );
  return [...names].sort().map((name) => ({
    name,
    base: below(`${name}/base/`),
    head: below(`${name}/head/`),
    inventory: inventoriesIn(below(`${name}/inventory/`)),
    expected: files.get(`${name}/expected.yaml`) ?? null,
  }));
}

function inventoriesIn(files: Snapshot): InventoryState[] {
  const repositories = new Map<string, Map<string, string>>();
  for (const [path, text] of files) {
    const [, repository, rest] = /^([^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
    if (repository === undefined || rest === undefined) continue;
    repositories.set(repository, (repositories.get(repository) ?? new Map()).set(rest, text));
  }
  return [...repositories].map(([repository, own]) => ({
    repository,
    commit: null,
    files: own,
    unread: new Set(),
  }));
}

/** Runs a case at `now` (milliseconds since 1970) unless it names its own time. What differs from what it expects; nothing where it holds. */
export function runPolicyCase(
  { base, head, inventory, expected }: PolicyCase,
  layers: PolicyLayers,
  now: number,
): string[] {
  const wanted = readExpectation(expected);
  if (typeof wanted === "string") return [wanted];
  const { repository = null, branch = null } = wanted;
  const policy = effectivePolicy(layers, "enforce", { repository, branch });
  const at = wanted.now === undefined ? now : Date.parse(wanted.now);
  return differencesOf(evaluate({ base, head, inventory, unreadable: [] }, policy, { now: at }), wanted);
}

function readExpectation(text: string | null): Expectation | string {
  if (text === null) return "expected.yaml is missing";
  try {
    const parsed = expectation.safeParse(parse(text));
    return parsed.success ? parsed.data : `expected.yaml: ${z.prettifyError(parsed.error)}`;
  } catch (error) {
    return `expected.yaml cannot be read: ${(error as Error).message}`;
  }
}

function differencesOf({ decision, evidence }: Evaluation, expected: Expectation): string[] {
  const differences: string[] = [];
  if (expected.conclusion !== undefined && decision.conclusion !== expected.conclusion) {
    differences.push(`expected ${expected.conclusion}, got ${decision.conclusion}: ${decision.title}`);
  }
  if (!expected.findings) return differences;
  const brought = evidence.findings.filter(({ state }) => state !== "existing");
  for (const wanted of expected.findings) {
    const fields = Object.entries(wanted);
    const index = brought.findIndex((finding) =>
      fields.every(([field, value]) => finding[field as keyof typeof finding] === value),
    );
    if (index < 0)
      differences.push(`expected ${fields.map(([, value]) => value).join(" ")}, and nothing says so`);
    else brought.splice(index, 1);
  }
  return [
    ...differences,
    ...brought.map(
      ({ rule, severity, object, message }) => `did not expect ${rule} ${severity} ${object}: ${message}`,
    ),
  ];
}
