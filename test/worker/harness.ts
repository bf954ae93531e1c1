import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createTestHarness } from "wrangler";
import { events, permissions } from "../../src/github/manifest.ts";
import { createGitHub, type GitHubOptions, type LocalGitHub } from "../github/index.ts";

export const webhookSecret = "a webhook secret of the tests";

/** The app as its manifest asks for it: what a test can do, the Worker can do with no more than this. */
const appOfManifest = {
  permissions: Object.fromEntries(Object.entries(permissions).map(([name, { level }]) => [name, level])),
  events: Object.keys(events),
};

/** Objects whose alarms a test rings. */
const drillable = ["PULL_REQUEST", "HEAD_COMMIT", "MERGE_GROUP", "REPOSITORY", "SHARED_REPOSITORY"] as const;
export type Drillable = (typeof drillable)[number];

/** The bundled Worker in workerd, with a local GitHub that delivers to it. */
export interface Stage {
  readonly github: LocalGitHub;
  readonly url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Rings the alarm of one object as if its time had come. Tells whether it was set. */
  ring(binding: Drillable, name: string): Promise<boolean>;
  /** Milliseconds until the alarm of one object; null when none is set. */
  due(binding: Drillable, name: string): Promise<number | null>;
  /** Moves GitHub's clock and the Worker's ahead. */
  advance(milliseconds: number): Promise<void>;
  /** Throws an object out of memory; its storage stays. */
  evict(binding: Drillable, name: string): Promise<void>;
  /** Leaves a pull request's object as if the platform had ended it in the middle of so many looks. */
  kill(name: string, times: number): Promise<void>;
  /** The cron trigger fires. */
  sweep(): Promise<void>;
  /** Rings alarms until none is set: everything that was delivered has been worked off. */
  settled(): Promise<void>;
  /** Structured log lines of the Worker so far. */
  logs(): Record<string, unknown>[];
  stop(): Promise<void>;
}

export interface StageOptions extends Omit<GitHubOptions, "webhook"> {
  /** The Worker's main module, relative to the repository. */
  readonly main: string;
  readonly vars?: Readonly<Record<string, string>>;
  /** Default: those of the local GitHub's app. */
  readonly secrets?:
    | Readonly<Record<string, string>>
    | ((github: LocalGitHub) => Readonly<Record<string, string>>);
}

/**
 * Bundles and starts the Worker of wrangler.toml with another main module. Bursts do not end by themselves: tests ring
 * alarms instead of waiting.
 */
export async function startStage({ main, vars = {}, secrets, ...options }: StageOptions): Promise<Stage> {
  let ahead = 0;
  const github = await createGitHub({
    clock: () => Date.now() + ahead,
    ...options,
    app: { ...appOfManifest, ...options.app },
  });
  const configPath = await configurationWith(main);
  const harness = createTestHarness({
    workers: [
      {
        configPath,
        vars: { GITHUB_API_URL: github.url, SLUICE_DEBOUNCE_MS: "60000", ...vars },
        secrets: (typeof secrets === "function" ? secrets(github) : secrets) ?? {
          GITHUB_APP_ID: String(github.app.id),
          GITHUB_PRIVATE_KEY: github.app.privateKey,
          GITHUB_WEBHOOK_SECRET: webhookSecret,
          SLUICE_SIGNING_KEY: "a signing key of the tests, at least 32 characters",
        },
      },
    ],
  });
  const { url } = await harness.listen();
  github.webhookTarget(new URL("/webhook", url).href, webhookSecret);
  const worker = harness.getWorker();
  const fetchWorker = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  const drill = async (path: string, body: unknown = null): Promise<unknown> =>
    (await fetchWorker(`/drill/${path}`, { method: "POST", body: JSON.stringify(body) })).json();

  return {
    github,
    url: url.href,
    fetch: fetchWorker,
    ring: async (binding, name) => (await drill(`${binding}/ring?name=${encodeURIComponent(name)}`)) === true,
    due: async (binding, name) =>
      (await drill(`${binding}/due?name=${encodeURIComponent(name)}`)) as number | null,
    advance: async (milliseconds) => {
      ahead += milliseconds;
      await drill("clock", ahead);
    },
    evict: (binding, name) => worker.evictDurableObject(binding, { name }),
    kill: async (name, times) => {
      await drill(`PULL_REQUEST/kill?name=${encodeURIComponent(name)}`, times);
    },
    sweep: async () => {
      await worker.scheduled({ cron: "*/5 * * * *" });
    },
    async settled() {
      for (let rang = true; rang; ) {
        await github.settled();
        rang = false;
        for (const binding of drillable) {
          const ids = await worker.listDurableObjectIds(binding);
          if ((await drill(`${binding}/ring-all`, ids)) === true) rang = true;
        }
      }
    },
    logs: () => harness.getLogs().flatMap(({ message }) => structured(message)),
    async stop() {
      await harness.close();
      await github.stop();
      await rm(dirname(configPath), { recursive: true, force: true });
    },
  };
}

/** wrangler.toml with another main module: written beside it, so that nothing about bindings is said twice. */
async function configurationWith(main: string): Promise<string> {
  const text = await readFile("wrangler.toml", "utf8");
  const changed = text.replace('main = "src/worker.ts"', `main = ${JSON.stringify(resolve(main))}`);
  await mkdir(".sluice", { recursive: true });
  const folder = await mkdtemp(join(".sluice", "worker-"));
  const path = join(folder, "wrangler.toml");
  await writeFile(path, changed);
  return path;
}

function structured(message: unknown): Record<string, unknown>[] {
  try {
    const line: unknown = JSON.parse(String(message));
    return typeof line === "object" && line !== null ? [line as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
