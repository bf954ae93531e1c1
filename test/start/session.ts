import { randomBytes } from "node:crypto";
import { createGitHub, type LocalGitHub, type PullRequest } from "../github/index.ts";
import { Desk } from "./desk.ts";
import { openDoor } from "./door.ts";
import { pageServer } from "./page-server.ts";
import type { Project } from "./project.ts";
import { currentRun } from "./snapshot.ts";
import type { PullRequestView } from "./view.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

/** Milliseconds until a burst of webhooks counts as over: people who look at the page push one at a time. */
const debounce = 500;
/** Milliseconds within which the check has to be published. */
const patience = 60_000;
/** Milliseconds within which the comments have to follow the check, and between two looks for them. */
const commentPatience = 5_000;
const commentPause = 50;

/** The local GitHub, the Worker and the page, all on this machine, with one pull request open. */
export interface Session {
  readonly pageUrl: string;
  /** Resolves when the check of the pull request's head is finished and its comments are written. */
  finished(): Promise<PullRequestView>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly port: number | null;
  readonly verbose: boolean;
  /** Told what is being done. */
  readonly progress: (step: string) => void;
}

/** Starts everything and opens the pull request. What was started is ended when something fails. */
export async function startSession(
  project: Project,
  { port, verbose, progress }: SessionOptions,
): Promise<Session> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    progress("Starting a local GitHub");
    const github = await createGitHub({ repositories: project.repositories });
    opened.push(() => github.stop());
    const door = await openDoor(port);
    opened.push(() => door.close());

    progress("Starting the Worker in workerd");
    const secret = randomBytes(32).toString("hex");
    const worker = await startWorker(
      { GITHUB_API_URL: github.url, SLUICE_DEBOUNCE_MS: String(debounce) },
      {
        GITHUB_APP_ID: String(github.app.id),
        GITHUB_PRIVATE_KEY: github.app.privateKey,
        GITHUB_WEBHOOK_SECRET: secret,
        SLUICE_SIGNING_KEY: randomBytes(32).toString("hex"),
      },
      verbose,
    );
    opened.push(() => worker.close());
    github.webhookTarget(`${worker.url}/webhook`, secret);

    progress("Opening the pull request");
    const pull = await project.open(github);
    const desk = new Desk(github, pull, project, door.url);
    door.serve(pageServer(desk).fetch);
    return {
      pageUrl: door.url + desk.path,
      async finished() {
        progress("Waiting for the check");
        await checkFinished(github, pull, worker);
        await commentsWritten(pull, worker);
        return desk.view();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function checkFinished(github: LocalGitHub, pull: PullRequest, worker: RunningWorker): Promise<void> {
  const done = () => currentRun(github, pull)?.status === "completed";
  await github.until(done, patience).catch(() => {
    const deliveries = github.webhooks.deliveries.map(({ event, statusCode }) => `${event} ${statusCode}`);
    throw new Error(
      [
        `no check was published within ${patience / 1000} s`,
        `webhooks: ${deliveries.join(", ") || "none were delivered"}`,
        ...worker.logs().slice(-10),
      ].join("\n  "),
    );
  });
}

/** Comments follow the check, and nobody is told that there are none: the Worker's log is. */
async function commentsWritten({ headSha }: PullRequest, worker: RunningWorker): Promise<void> {
  const end = performance.now() + commentPatience;
  while (performance.now() < end) {
    if (worker.logs().some((line) => line.includes(headSha) && line.includes('"evaluated"'))) return;
    await new Promise((resolve) => setTimeout(resolve, commentPause));
  }
}
