import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { type Evaluation, evaluate } from "../evaluation.ts";
import { effectivePolicy } from "../policy/effective.ts";
import { type PolicyLayers, policyLayers } from "../policy/layers.ts";
import { type Terminal, UsageError } from "./command.ts";
import { parseOptions } from "./options.ts";
import { policyPath, policyTexts } from "./policy-files.ts";
import { folderState } from "./states.ts";

/** Where cases stand when nobody says otherwise: beside the policy. */
const casesPath = ".github/sluice-tests";

/** What a case expects: the conclusion, and every finding that the change brings, told by the fields that are given. */
const expectation = z.strictObject({
  repository: z.string().optional().describe("owner/name, for policies that tell by it."),
  branch: z.string().optional().describe("The branch that the change is for."),
  now: z.iso.datetime().optional().describe("The moment of the evaluation, for exceptions and windows."),
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

/** Runs the cases beside a policy: folders with `base/`, `head/` and `expected.yaml`. Resolves to the exit code. */
export async function testPolicy(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseOptions(args, {
    policy: { type: "string", multiple: true, default: [] },
    cases: { type: "string", default: casesPath },
  });
  const own = await readFile(join(terminal.folder, policyPath), "utf8").catch(() => undefined);
  const layers = policyLayers(...(await policyTexts(options.policy, own, terminal.folder)));
  const [unreadable] = layers.unreadable;
  if (unreadable) throw new Error(`${unreadable.range.file}:${unreadable.range.line}: ${unreadable.message}`);
  const folder = resolve(terminal.folder, options.cases);
  const names = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new UsageError(`there are no cases in ${options.cases}`);
  });
  const cases = names.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  let failed = 0;
  for (const name of cases.sort()) {
    const differences = await runCase(join(folder, name), layers);
    if (differences.length > 0) failed += 1;
    terminal.out(`${differences.length === 0 ? "✓" : "✗"} ${name}\n`);
    for (const difference of differences) terminal.out(`    ${difference}\n`);
  }
  terminal.out(`${cases.length - failed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

async function runCase(folder: string, layers: PolicyLayers): Promise<string[]> {
  const expected = await readExpectation(join(folder, "expected.yaml"));
  if (typeof expected === "string") return [expected];
  const [base, head] = await Promise.all([
    folderState(join(folder, "base")),
    folderState(join(folder, "head")),
  ]);
  const now = expected.now === undefined ? Date.now() : Date.parse(expected.now);
  const { repository = null, branch = null } = expected;
  const policy = effectivePolicy(layers, "enforce", { repository, branch });
  const change = { base: base.files, head: head.files, unreadable: head.unreadable };
  return differencesOf(evaluate(change, policy, { now }), expected);
}

async function readExpectation(path: string): Promise<Expectation | string> {
  try {
    const parsed = expectation.safeParse(parse(await readFile(path, "utf8")));
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
