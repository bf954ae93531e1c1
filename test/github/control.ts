import { z } from "zod";
import { type Answer, ok } from "./http/answer.ts";
import type { Control } from "./http/server.ts";
import { serverLimits } from "./limits.ts";
import type { LocalGitHub } from "./local-github.ts";

const on = z.object({ repository: z.string(), pull: z.number().int() });
const by = z.string().default("alice");
const files = z.record(z.string(), z.string().nullable());

/** One deed that can be asked for over HTTP: what it takes, and what it does. */
interface Deed {
  run(github: LocalGitHub, args: unknown): unknown;
}

function deed<T>(shape: z.ZodType<T>, act: (github: LocalGitHub, args: T) => unknown): Deed {
  return { run: (github, args) => act(github, shape.parse(args)) };
}

const pullOf = (github: LocalGitHub, { repository, pull }: z.infer<typeof on>) =>
  github.pull(pull, github.repository(repository));

/** What tests inside workerd and the demo's page can do: the methods of `LocalGitHub`, by name. */
const deeds: Readonly<Record<string, Deed>> = {
  commit: deed(
    z.object({ repository: z.string(), branch: z.string(), files }),
    (github, { repository, branch, files }) => github.repository(repository).commit(branch, files),
  ),
  push: deed(
    z.object({ repository: z.string(), branch: z.string(), files, by }),
    (github, { repository, ...pushed }) => github.push({ repo: github.repository(repository), ...pushed }),
  ),
  open: deed(
    z.object({
      repository: z.string(),
      head: z.string(),
      base: z.string().optional(),
      author: by,
      title: z.string().optional(),
    }),
    async (github, { repository, head, base, author, title }) => {
      const repo = github.repository(repository);
      const optional = { ...(base === undefined ? {} : { base }), ...(title === undefined ? {} : { title }) };
      const { number, headSha } = await github.openPullRequest({ repo, head, author, ...optional });
      return { number, headSha };
    },
  ),
  retarget: deed(on.extend({ base: z.string() }), (github, args) =>
    github.retarget(pullOf(github, args), args.base),
  ),
  close: deed(on, (github, args) => github.close(pullOf(github, args))),
  reopen: deed(on, (github, args) => github.reopen(pullOf(github, args))),
  merge: deed(on, (github, args) => github.merge(pullOf(github, args))),
  comment: deed(on.extend({ by, body: z.string().max(serverLimits.commentCharacters) }), (github, args) => {
    const { id } = github.comment(pullOf(github, args), args.by, args.body);
    return { id };
  }),
  rerequest: deed(z.object({ sha: z.string(), by }), async (github, args) => {
    const run = github.checkRuns(args.sha).at(-1);
    if (run === undefined) throw new Error(`there is no check run on ${args.sha}`);
    await github.rerequest(run, args.by);
  }),
  "webhook-target": deed(z.object({ url: z.string(), secret: z.string() }), (github, { url, secret }) =>
    github.webhookTarget(url, secret),
  ),
  settled: deed(z.unknown(), (github) => github.settled()),
  /** Waits until the commit has a completed check run of the app. */
  completed: deed(
    z.object({ sha: z.string(), failAfterMs: z.number().default(5000) }),
    (github, { sha, failAfterMs }) =>
      github.until(() => github.checkRuns(sha).at(-1)?.status === "completed", failAfterMs),
  ),
};

/** Routes below `/_control/`: `GET state`, and `POST` for each deed with its arguments as JSON. Not part of GitHub. */
export function createControl(github: LocalGitHub): Control {
  return async (method, path, body): Promise<Answer> => {
    const name = path.replace("/_control/", "");
    if (method === "GET" && name === "state") return ok(stateOf(github));
    const found = deeds[name];
    if (method !== "POST" || found === undefined) return { status: 404, json: { deeds: Object.keys(deeds) } };
    try {
      const result = await found.run(github, body === "" ? {} : JSON.parse(body));
      return ok(result ?? {});
    } catch (error) {
      return { status: 400, json: { message: error instanceof Error ? error.message : String(error) } };
    }
  };
}

function stateOf(github: LocalGitHub) {
  const { app } = github;
  return {
    app: { id: app.id, slug: app.slug, privateKey: app.privateKey },
    installations: github.world.installations.map(({ id, account }) => ({ id, account: account.login })),
    repositories: github.world.repositories.map((repository) => ({
      id: repository.id,
      fullName: `${repository.owner.login}/${repository.name}`,
      defaultBranch: repository.defaultBranch,
      pulls: repository.pulls.map(
        ({ repository: _base, headRepository: _head, reviewComments, ...pull }) => ({
          ...pull,
          reviewComments: reviewComments.map(({ review, ...comment }) => ({ ...comment, review: review.id })),
        }),
      ),
      runs: repository.runs.map(({ suite, ...run }) => ({ ...run, suite: suite.id })),
    })),
    deliveries: github.webhooks.deliveries.map(({ id, guid, event, action, status }) => ({
      id,
      guid,
      event,
      action,
      status,
    })),
    requests: github.requests.map(({ method, path, status }) => ({ method, path, status })),
    permissionsUsed: github.permissionsUsed(),
    eventsDelivered: github.eventsDelivered(),
    violations: github.violations,
  };
}
