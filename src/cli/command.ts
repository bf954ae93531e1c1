/** Where a command writes and what it may read; tests hand in their own. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Standard input as text, for `--batch`. */
  input(): Promise<string>;
  /** The folder the user stands in. */
  readonly folder: string;
  readonly colours: boolean;
}

/** One command of `sluice`. `run` resolves to the exit code and throws `UsageError` for a wrong command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The command line itself is wrong: exit code 64. */
export class UsageError extends Error {}
