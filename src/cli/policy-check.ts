import type { Problem } from "../manifest/source.ts";
import { effectivePolicy } from "../policy/effective.ts";
import { policyLayers, policyPath } from "../policy/layers.ts";
import { type Terminal, UsageError } from "./command.ts";
import { parseArguments } from "./options.ts";
import { exceptionsHere } from "./policy-exceptions.ts";
import { policyText } from "./policy-files.ts";

/** What was found in one file. */
interface Reading {
  readonly file: string;
  readonly problems: readonly Problem[];
  /** What its readers should know and what is not wrong. */
  readonly notices: readonly Problem[];
}

/** Validates policy files, each for itself or below the organisation's. Resolves to the exit code. */
export async function checkPolicies(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values: options, positionals } = parseArguments(args, {
    organisation: { type: "string" },
    format: { type: "string", default: "pretty" },
  });
  if (options.format !== "pretty" && options.format !== "json")
    throw new UsageError("--format is pretty or json");
  const readings: Reading[] = [];
  for (const file of positionals.length > 0 ? positionals : [policyPath]) {
    readings.push(await check(file, options.organisation, terminal.folder));
  }
  if (options.format === "json") terminal.out(`${JSON.stringify(readings.map(json), null, 2)}\n`);
  else for (const reading of readings) print(reading, terminal);
  return readings.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

async function check(file: string, organisation: string | undefined, folder: string): Promise<Reading> {
  const text = await policyText(file, folder);
  const absent = { kind: "absent", source: file } as const;
  const layers =
    organisation === undefined
      ? policyLayers(isTheRepositorys(file) ? absent : text, isTheRepositorys(file) ? text : absent)
      : policyLayers(await policyText(organisation, folder), text);
  const policy = effectivePolicy(layers, "enforce");
  const problems = [...policy.unreadable, ...policy.problems];
  const notices = policy.unreadable.length > 0 ? [] : await exceptionsHere(policy, folder);
  return { file, problems, notices: notices.filter(({ range }) => range.file === file) };
}

/** The file where a repository keeps its own policy: its exceptions are for objects here. */
function isTheRepositorys(file: string): boolean {
  return file === policyPath;
}

function print({ file, problems, notices }: Reading, terminal: Terminal): void {
  for (const problem of [...problems, ...notices]) terminal.error(problemLine(problem));
  if (problems.length === 0) terminal.out(`${file}: valid\n`);
}

function json({ file, problems, notices }: Reading) {
  const told = ({ range, message, fix }: Problem) => ({
    file: range.file,
    line: range.line,
    column: range.column,
    message,
    fix: fix ?? null,
  });
  return {
    file,
    valid: problems.length === 0,
    problems: problems.map(told),
    notices: notices.map(told),
  };
}

/** `FILE:LINE:COLUMN: what is wrong; what to do`. */
export function problemLine({ range, message, fix }: Problem): string {
  return `${range.file}:${range.line}:${range.column}: ${message}${fix ? `; ${fix}` : ""}\n`;
}
