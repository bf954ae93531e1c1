import * as z from "zod";
import type { ProposedChange } from "../evaluation.ts";
import { effectivePolicy } from "../policy/effective.ts";
import { policyLayers, policyPath } from "../policy/layers.ts";
import { formats } from "../report/formats.ts";
import { type Command, UsageError } from "./command.ts";
import { inventoryOption, inventoryUsage, readInventories } from "./inventory.ts";
import { parseOptions } from "./options.ts";
import { evaluateWithPast } from "./past.ts";
import { policyTexts } from "./policy-files.ts";
import { readStates, type State } from "./states.ts";
import { subjectHere, subjectOptions } from "./subject.ts";

export const check: Command = {
  name: "check",
  summary: "what a change does to traffic, judged by policy",
  usage: [
    "sluice check [--base A] [--head B] [--policy FILE]… [--inventory [OWNER/NAME=]FOLDER]… [--enforce] [--now MOMENT]",
    "             [--repository OWNER/NAME] [--branch NAME] [--format pretty|json|markdown|sarif|github|junit]",
    "",
    "A and B are folders, or revisions of the Git repository one stands in.",
    "Without them: the merge base with the default branch, and the working tree.",
    "The first --policy is the organisation's, the second the repository's.",
    inventoryUsage,
    "--now judges as if at another moment, such as 2026-12-24T18:00:00Z: in a freeze, or after an exception has ended.",
    "--repository and --branch: what policy may tell this change by, where Git here does not say it.",
    "Exit codes: 0 passes, 1 blocked, 2 could not evaluate, 64 usage.",
  ].join("\n"),
  async run(args, terminal) {
    const options = parseOptions(args, {
      base: { type: "string" },
      head: { type: "string" },
      policy: { type: "string", multiple: true, default: [] },
      ...inventoryOption,
      enforce: { type: "boolean", default: false },
      now: { type: "string" },
      format: { type: "string", default: "pretty" },
      ...subjectOptions,
    });
    const render = formats[options.format];
    if (!render) throw new UsageError(`--format is one of ${Object.keys(formats).join(", ")}`);
    const { base, head } = await readStates(terminal.folder, options.base, options.head);
    const layers = await policyTexts(options.policy, head.files.get(policyPath), terminal.folder);
    const policy = effectivePolicy(
      policyLayers(...layers),
      "enforce",
      await subjectHere(terminal.folder, options),
    );
    const inventory = await readInventories(options.inventory, terminal.folder, policy);
    const evaluation = await evaluateWithPast({ ...proposedChange(base, head), inventory }, base, policy, {
      now: momentOf(options.now),
      enforce: options.enforce,
    });
    terminal.out(render(evaluation, { source: (path) => head.files.get(path), colours: terminal.colours }));
    return evaluation.decision.exit;
  },
};

function momentOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  if (!z.iso.datetime({ offset: true }).safeParse(text).success)
    throw new UsageError(`--now is a moment such as 2026-12-24T18:00:00Z, not ${text}`);
  return Date.parse(text);
}

/** Two states as a change. A file that base cannot show either, and that is the same there, is not this change's doing. */
export function proposedChange(base: State, head: State): ProposedChange {
  const known = new Set(base.unreadable.map(({ file, reason }) => `${file}\n${reason}`));
  const unread = ({ unreadable }: State) => new Set(unreadable.map(({ file }) => file));
  return {
    base: base.files,
    head: head.files,
    unreadable: head.unreadable.filter(({ file, reason }) => !known.has(`${file}\n${reason}`)),
    unread: { base: unread(base), head: unread(head) },
  };
}
