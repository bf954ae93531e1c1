import { type Command, UsageError } from "./command.ts";
import { terminal } from "./terminal.ts";

/** Every command of `sluice`, in the order in which the help lists them. Loaded when wanted: most need but a part of Sluice. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import("./check.ts")).check,
  diff: async () => (await import("./diff.ts")).diff,
  validate: async () => (await import("./validate.ts")).validate,
  analyze: async () => (await import("./analyze.ts")).analyze,
  render: async () => (await import("./render.ts")).render,
  route: async () => (await import("./route.ts")).route,
  explain: async () => (await import("./explain.ts")).explain,
  policy: async () => (await import("./policy.ts")).policy,
  init: async () => (await import("./init.ts")).init,
};

/** Runs one command line and resolves to its exit code: 0 passes, 1 blocked, 2 could not evaluate, 64 usage. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const command = name !== undefined && Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (!command || rest.includes("--help")) {
    const wanted = name === undefined || name === "help" || name === "--help";
    terminal[command || wanted ? "out" : "error"](
      command ? `${command.usage}\n` : await help(wanted ? null : name),
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

async function help(unknown: string | null): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  return [
    ...(unknown === null ? [] : [`sluice: there is no command ${unknown}`, ""]),
    "What a change does to live Istio traffic.",
    "",
    ...all.map(({ name, summary }) => `  sluice ${name.padEnd(10)} ${summary}`),
    "",
    "sluice <command> --help says more.",
    "",
  ].join("\n");
}
