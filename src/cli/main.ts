import { analyze } from "./analyze.ts";
import { check } from "./check.ts";
import { type Command, UsageError } from "./command.ts";
import { diff } from "./diff.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { policy } from "./policy.ts";
import { route } from "./route.ts";
import { terminal } from "./terminal.ts";
import { validate } from "./validate.ts";

/** Every command of `sluice`, in the order in which the help lists them. */
const commands: readonly Command[] = [check, diff, validate, analyze, route, explain, policy, init];

/** Runs one command line and resolves to its exit code: 0 passes, 1 blocked, 2 could not evaluate, 64 usage. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const command = commands.find((candidate) => candidate.name === name);
  if (!command || rest.includes("--help")) {
    const wanted = name === undefined || name === "help" || name === "--help";
    terminal[command || wanted ? "out" : "error"](
      command ? `${command.usage}\n` : help(wanted ? null : name),
    );
    return command || wanted ? 0 : 64;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(`sluice ${command.name}: ${error.message}\n\n${command.usage}\n`);
      return 64;
    }
    terminal.error(`sluice ${command.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function help(unknown: string | null): string {
  return [
    ...(unknown === null ? [] : [`sluice: there is no command ${unknown}`, ""]),
    "What a change does to live Istio traffic.",
    "",
    ...commands.map(({ name, summary }) => `  sluice ${name.padEnd(10)} ${summary}`),
    "",
    "sluice <command> --help says more.",
    "",
  ].join("\n");
}
