import { spawn } from "node:child_process";

/** Git as the local GitHub runs it: no configuration of the machine, no prompts, one language. */
export const gitEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

export interface GitOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Run with the machine's own configuration, for a repository of the user's: it says which folders are trusted. */
  readonly asUser?: boolean;
  /** Exit codes that are answers and not failures. Default: 0 alone. */
  readonly accept?: readonly number[];
}

export interface GitResult {
  readonly code: number;
  readonly output: Buffer;
}

/** Runs one Git command in `directory`. Throws with Git's own words on an exit code that is not accepted. */
export async function runGit(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  const child = spawn("git", ["-C", directory, ...args], {
    env: { ...(options.asUser ? process.env : gitEnvironment), ...options.env },
  });
  const output: Buffer[] = [];
  const complaint: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complaint.push(chunk));
  child.stdin.on("error", () => {}); // Git may exit before it has read everything; its exit code tells
  child.stdin.end(options.input);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? -1));
  });
  if (!(options.accept ?? [0]).includes(code)) {
    throw new Error(
      `git ${args.join(" ")} ended with ${code}: ${Buffer.concat(complaint).toString().trim()}`,
    );
  }
  return { code, output: Buffer.concat(output) };
}

/** The output of one Git command as text, without the newline at its end. */
export async function gitText(directory: string, ...args: readonly string[]): Promise<string> {
  return (await runGit(directory, args)).output.toString().trimEnd();
}
