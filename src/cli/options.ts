import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError } from "./command.ts";

/** Reads the options of a command that takes no other arguments; a wrong one is a mistake of the command line. */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  const { values, positionals } = parseArguments(args, options);
  if (positionals.length > 0) throw new UsageError(`there is nothing to do with ${positionals[0]}`);
  return values;
}

/** Reads options and whatever else a command takes; a wrong option is a mistake of the command line. */
export function parseArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
