import { effectivePolicy } from "../policy/effective.ts";
import { policyLayers } from "../policy/layers.ts";
import { trafficJson } from "../report/json.ts";
import { prettyTraffic } from "../report/pretty.ts";
import { proposedChange } from "./check.ts";
import { type Command, UsageError } from "./command.ts";
import { inventoryOption, inventoryUsage, readInventories } from "./inventory.ts";
import { parseOptions } from "./options.ts";
import { evaluateWithPast } from "./past.ts";
import { readStates } from "./states.ts";

const nobody = { kind: "absent", source: "none" } as const;

export const diff: Command = {
  name: "diff",
  summary: "what a change does to traffic, whatever policy thinks of it",
  usage: [
    "sluice diff [--base A] [--head B] [--inventory [OWNER/NAME=]FOLDER]… [--format pretty|json]",
    "",
    "A and B are folders, or revisions of the Git repository one stands in.",
    "Without them: the merge base with the default branch, and the working tree.",
    inventoryUsage,
    "Exit codes: 0 done, 2 something could not be evaluated, 64 usage.",
  ].join("\n"),
  async run(args, terminal) {
    const options = parseOptions(args, {
      base: { type: "string" },
      head: { type: "string" },
      ...inventoryOption,
      format: { type: "string", default: "pretty" },
    });
    if (options.format !== "pretty" && options.format !== "json")
      throw new UsageError("--format is pretty or json");
    const { base, head } = await readStates(terminal.folder, options.base, options.head);
    const policy = effectivePolicy(policyLayers(nobody, nobody), "observe");
    const inventory = await readInventories(options.inventory, terminal.folder, policy);
    const change = { ...proposedChange(base, head), inventory };
    const evaluation = await evaluateWithPast(change, base, policy, { now: Date.now() });
    const { notEvaluated } = evaluation.evidence;
    for (const { file, reason } of notEvaluated)
      terminal.error(`${file}: could not be evaluated: ${reason}\n`);
    const exit = notEvaluated.some(({ blocks }) => blocks) ? 2 : 0;
    terminal.out(
      options.format === "json"
        ? `${JSON.stringify({ version: 1, exit, ...trafficJson(evaluation) }, null, 2)}\n`
        : prettyTraffic(evaluation, terminal.colours),
    );
    return exit;
  },
};
