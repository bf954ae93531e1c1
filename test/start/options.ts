import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What the user asked for on the command line. */
export interface Options {
  /** The user's own repository; null shows the sample. */
  readonly own: OwnOptions | null;
  /** End after the report. */
  readonly once: boolean;
  /** Port of the page; null takes the usual one, or any when that is taken. */
  readonly port: number | null;
  readonly verbose: boolean;
}

export interface OwnOptions {
  /** Absolute path. */
  readonly path: string;
  /** Null: the default branch. */
  readonly base: string | null;
  /** Null: the current branch. */
  readonly head: string | null;
  /** Absolute path of a policy file that speaks for the organisation. */
  readonly policy: string | null;
}

/** The command line is wrong: said to the user, with exit code 64. */
export class UsageError extends Error {}

export const usage = `npm start                          a sample mesh, a pull request, and its check
npm start -- [options]

  --repo PATH      your own Git repository instead of the sample; it is only read
  --base BRANCH    what to merge into (default: the default branch); with --repo
  --head BRANCH    what to merge (default: the current branch); with --repo
  --policy FILE    a policy that speaks for the organisation; with --repo
  --port PORT      port of the page (default: 4790)
  --once           end after the report: 0 when a check was published
  --verbose        show what the Worker and its runtime log
  --help           this text
`;

/** Reads the command line; null asks for help. Paths are meant from `folder`. Throws a `UsageError`. */
export function parseOptions(args: readonly string[], folder: string): Options | null {
  const { repo, base, head, policy, port, once, verbose, help } = values(args);
  if (help) return null;
  if (repo === undefined) {
    for (const [name, value] of Object.entries({ base, head, policy })) {
      if (value !== undefined)
        throw new UsageError(`--${name} needs --repo: the sample has branches of its own`);
    }
  }
  return {
    own:
      repo === undefined
        ? null
        : {
            path: resolve(folder, repo),
            base: base ?? null,
            head: head ?? null,
            policy: policy === undefined ? null : resolve(folder, policy),
          },
    once,
    port: port === undefined ? null : portNumber(port),
    verbose,
  };
}

function values(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        repo: { type: "string" },
        base: { type: "string" },
        head: { type: "string" },
        policy: { type: "string" },
        port: { type: "string" },
        once: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new UsageError(`--port is a number from 1 to 65535, not ${text}`);
  return port;
}
