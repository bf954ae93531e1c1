import { once } from "node:events";
import { parseOptions, UsageError, usage } from "./options.ts";
import { ownProject } from "./own-project.ts";
import { sampleProject } from "./sample.ts";
import { startSession } from "./session.ts";
import { terminalReport } from "./terminal/report.ts";

const exits = { fine: 0, failed: 1, usage: 64 } as const;
const { stdout, stderr } = process;
const colours = stdout.isTTY === true && process.env.NO_COLOR === undefined;

/** Shows a pull request and its check; answers with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, process.env.INIT_CWD ?? process.cwd());
  if (options === null) {
    stdout.write(usage);
    return exits.fine;
  }
  // start.js says that the user wants to end, or is gone.
  const interrupted = Promise.race([once(process, "message"), once(process, "disconnect")]);
  const project = options.own === null ? sampleProject() : await ownProject(options.own);
  const starting = startSession(project, { ...options, progress });
  const session = await Promise.race([starting, interrupted.then(() => null)]);
  if (session === null) {
    await starting.then(({ close }) => close()).catch(() => {});
    return exits.failed;
  }
  try {
    const view = await Promise.race([session.finished(), interrupted.then(() => null)]);
    if (view === null) return exits.failed;
    progress("");
    stdout.write(`\n${terminalReport(view, { width: stdout.columns || 100, colours })}\n`);
    stdout.write(`${session.pageUrl}\n`);
    if (!options.once) {
      stdout.write("The page has buttons that push, comment and re-run. Ctrl-C ends everything.\n");
      await interrupted;
    }
    return exits.fine;
  } finally {
    await session.close();
  }
}

/** One line that changes, on a terminal; nothing in a pipe. */
function progress(step: string): void {
  if (stderr.isTTY === true) stderr.write(`\r\u001b[K${step === "" ? "" : `${step}…`}`);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "spawn git ENOENT" ? "Git is needed and was not found" : error.message;
}

async function run(): Promise<number> {
  try {
    return await main(process.argv.slice(2));
  } catch (error) {
    progress("");
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\nThe options: npm start -- --help\n`);
      return exits.usage;
    }
    stderr.write(`npm start failed: ${reason(error)}\n`);
    return exits.failed;
  }
}

// Who reads a pipe may leave early; what was started still has to be ended.
stdout.on("error", () => {});

// Requests that a closed page left open would keep the process alive.
process.exit(await run());
