import { join } from "node:path";

/** The Worker, running in workerd on this machine. */
export interface RunningWorker {
  readonly url: string;
  /** Lines it has logged so far, oldest first. */
  logs(): string[];
  close(): Promise<void>;
}

/** Wrangler may neither call home nor print: it reads these when it is loaded. */
const quiet: Readonly<Record<string, string>> = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
};

/** Starts the Worker of `wrangler.toml` with these variables and secrets. */
export async function startWorker(
  vars: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  verbose: boolean,
): Promise<RunningWorker> {
  Object.assign(process.env, quiet, { WRANGLER_LOG: verbose ? "info" : "none" });
  const { createTestHarness } = await import("wrangler");
  const configPath = join(import.meta.dirname, "..", "..", "wrangler.toml");
  const harness = createTestHarness({
    workers: [{ configPath, vars: { ...vars }, secrets: { ...secrets } }],
  });
  try {
    const { url } = await harness.listen();
    const logs = () => harness.getLogs().map(({ message }) => message);
    const stopFollowing = verbose ? follow(logs) : null;
    return {
      url: url.origin,
      logs,
      async close() {
        stopFollowing?.();
        await harness.close();
      },
    };
  } catch (error) {
    await harness.close();
    throw error;
  }
}

/** Prints what is logged until it is stopped: the harness keeps logs and does not announce them. */
function follow(logs: () => string[]): () => void {
  let printed = 0;
  const print = () => {
    const lines = logs();
    for (const line of lines.slice(printed)) process.stderr.write(`worker: ${line}\n`);
    printed = lines.length;
  };
  const timer = setInterval(print, 200);
  return () => {
    clearInterval(timer);
    print();
  };
}
