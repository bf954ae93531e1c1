import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Problem } from "../manifest/source.ts";
import { effectivePolicy } from "../policy/effective.ts";
import { policyLayers, policyPath } from "../policy/layers.ts";
import { readPolicy } from "../policy/read.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { policyText, policyTexts } from "./policy-files.ts";
import { testPolicy } from "./policy-test.ts";

export const policy: Command = {
  name: "policy",
  summary: "what is in force and which line says so; whether a policy file is valid",
  usage: [
    "sluice policy show [--policy FILE]… [--environment NAME]… [--format pretty|json]",
    "sluice policy check FILE…",
    "sluice policy test [--policy FILE]… [--cases FOLDER]",
    "",
    "show: every setting in force with the file and line that set it.",
    "check: validates policy files; exit code 1 when one is wrong.",
    "test: runs cases (folders with base/, head/ and expected.yaml; default .github/sluice-tests);",
    "      what other repositories hold stands in inventory/OWNER/NAME/ of a case.",
  ].join("\n"),
  async run([action, ...args], terminal) {
    if (action === "show") return show(args, terminal);
    if (action === "check") return checkFiles(args, terminal);
    if (action === "test") return testPolicy(args, terminal);
    throw new UsageError("say show, check or test");
  },
};

async function show(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      policy: { type: "string", multiple: true, default: [] },
      environment: { type: "string", multiple: true, default: [] },
      format: { type: "string", default: "pretty" },
    },
  });
  const own = await readFile(join(terminal.folder, policyPath), "utf8").catch(() => undefined);
  const effective = effectivePolicy(
    policyLayers(...(await policyTexts(values.policy, own, terminal.folder))),
    "enforce",
  );
  const unknown = values.environment.find((name) => !(name in effective.environments));
  if (unknown !== undefined) throw new UsageError(`the policy has no environment ${unknown}`);
  const problems = [...effective.unreadable, ...effective.problems];
  for (const problem of problems) terminal.error(problemLine(problem));
  const settings = [...effective.scoped([values.environment]).values].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = settings.map(([setting, { value, source }]) => ({ setting, value, source }));
  terminal.out(values.format === "json" ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
  return problems.length > 0 ? 1 : 0;
}

function table(rows: readonly { setting: string; value: unknown; source: string }[]): string {
  const width = Math.max(...rows.map(({ setting }) => setting.length));
  return rows
    .map(({ setting, value, source }) => `${setting.padEnd(width)}  ${JSON.stringify(value)}  (${source})\n`)
    .join("");
}

async function checkFiles(names: readonly string[], terminal: Terminal): Promise<number> {
  const files = names.length > 0 ? names : [policyPath];
  let wrong = 0;
  for (const name of files) {
    const { text } = await policyText(name, terminal.folder);
    const { problems = [] } = readPolicy(text, name, null);
    for (const problem of problems) terminal.error(problemLine(problem));
    if (problems.length === 0) terminal.out(`${name}: valid\n`);
    wrong += problems.length;
  }
  return wrong > 0 ? 1 : 0;
}

function problemLine({ range, message, fix }: Problem): string {
  return `${range.file}:${range.line}:${range.column}: ${message}${fix ? `; ${fix}` : ""}\n`;
}
