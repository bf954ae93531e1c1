import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { casesPath } from "../manifest/paths.ts";
import { policyLayers, policyPath } from "../policy/layers.ts";
import { casesIn, runPolicyCase } from "../policy-cases.ts";
import { type Terminal, UsageError } from "./command.ts";
import { parseOptions } from "./options.ts";
import { policyTexts } from "./policy-files.ts";
import { folderState } from "./states.ts";

/** Runs the cases beside a policy: folders with `base/`, `head/` and `expected.yaml`, perhaps `inventory/`. Resolves to the exit code. */
export async function testPolicy(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseOptions(args, {
    policy: { type: "string", multiple: true, default: [] },
    cases: { type: "string", default: casesPath },
  });
  const own = await readFile(join(terminal.folder, policyPath), "utf8").catch(() => undefined);
  const layers = policyLayers(...(await policyTexts(options.policy, own, terminal.folder)));
  const [unreadable] = layers.unreadable;
  if (unreadable) throw new Error(`${unreadable.range.file}:${unreadable.range.line}: ${unreadable.message}`);
  const state = await folderState(resolve(terminal.folder, options.cases)).catch(() => {
    throw new UsageError(`there are no cases in ${options.cases}`);
  });
  const results = casesIn(state.files).map((one) => ({
    name: one.name,
    differences: [
      ...state.unreadable.flatMap(({ file, reason }) =>
        file.startsWith(`${one.name}/`) ? [`${file} cannot be read: ${reason}`] : [],
      ),
      ...runPolicyCase(one, layers, Date.now()),
    ],
  }));
  for (const { name, differences } of results) {
    terminal.out(`${differences.length === 0 ? "✓" : "✗"} ${name}\n`);
    for (const difference of differences) terminal.out(`    ${difference}\n`);
  }
  const failed = results.filter(({ differences }) => differences.length > 0).length;
  terminal.out(`${results.length - failed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}
