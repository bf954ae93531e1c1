import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { CheckRun, Files, PullRequest, Repository } from "../github/index.ts";
import { type Stage, startStage } from "../worker/harness.ts";

/** The manifest of a service with a stable and a canary version, as a team would write it. */
export function reviews(stable: number, canary: number, more = ""): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: prod
spec:
  hosts:
    - reviews
  http:
    - timeout: 5s
      route:
        - destination:
            host: reviews
            subset: stable
          weight: ${stable}
        - destination:
            host: reviews
            subset: canary
          weight: ${canary}
${more}`;
}

/** Line of the canary's weight in `reviews`. */
export const canaryLine = 19;

export const destinationRule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: reviews
  namespace: prod
spec:
  host: reviews
  trafficPolicy:
    outlierDetection:
      consecutive5xxErrors: 5
  subsets:
    - name: stable
      labels:
        version: stable
    - name: canary
      labels:
        version: canary
`;

export const enforcing = `version: 1
mode: enforce
rules:
  weight-step: { severity: block, maxStep: 20 }
`;

const mesh: Files = {
  "README.md": "# mesh\n",
  "mesh/reviews.yaml": reviews(90, 10),
  "mesh/rule.yaml": destinationRule,
};

/** Who may do what in every repository. */
const roles = { alice: "write", bob: "write", carol: "write", mallory: "read", olivia: "admin" } as const;

/** What the tests of one file play on: an organisation that enforces, one without policy, the Worker, one repository a test. */
export class Story {
  #stage: Stage | null = null;
  #count = 0;
  readonly #repositories: number;

  /** `organisations` have a policy of their own and one repository, `mesh`, each. */
  constructor(
    repositories = 30,
    policy = enforcing,
    organisations: readonly string[] = [],
    files: Files = mesh,
  ) {
    this.#repositories = repositories;
    beforeAll(async () => {
      const names = Array.from({ length: this.#repositories }, (_, index) => `mesh-${index}`);
      this.#stage = await startStage({
        main: "test/story/main.ts",
        repositories: [
          { name: ".github", files: { ".github/sluice.yaml": policy } },
          ...names.map((name) => ({ name, files, roles })),
          ...names.slice(0, 3).map((name) => ({ owner: "quiet", name, files })),
          ...organisations.flatMap((owner) => [
            { owner, name: ".github", files: { ".github/sluice.yaml": policy } },
            { owner, name: "mesh", files, roles },
          ]),
        ],
      });
      this.github.team("acme/traffic", { bob: "active", peter: "pending" });
      this.github.team("acme/traffic-night", { nina: "active" }, "traffic");
    });
    afterEach(async () => {
      await this.stage.settled();
      expect(this.stage.github.violations).toEqual([]);
    });
    afterAll(() => this.#stage?.stop());
  }

  get stage(): Stage {
    if (!this.#stage) throw new Error("the story has not begun");
    return this.#stage;
  }

  get github() {
    return this.stage.github;
  }

  /** A repository that no other test touches. */
  repository(owner = "acme"): Repository {
    this.#count += 1;
    return this.github.repository(`${owner}/mesh-${owner === "acme" ? this.#count - 1 : this.#count % 3}`);
  }

  /** Commits files onto a branch of its own, cut from `from` (default: the base), and opens a pull request; nothing is evaluated yet. */
  async open(
    repo: Repository,
    files: Files,
    options: { head?: string; base?: string; from?: string } = {},
  ): Promise<PullRequest> {
    const { head = "change", base = "main", from = base } = options;
    const onto = await repo.sha(`refs/heads/${from}`);
    await this.github.push({ repo, branch: head, files, onto });
    const pull = await this.github.openPullRequest({ repo, head, base });
    await this.github.settled();
    return pull;
  }

  /** Everything that was delivered has been worked off; the newest run on the head, or on another commit. */
  async check(pull: PullRequest, sha = pull.headSha): Promise<CheckRun> {
    await this.stage.settled();
    const run = this.runs(pull.repository, sha).at(-1);
    if (!run) throw new Error(`no check on ${sha}`);
    return run;
  }

  /** The runs on a commit of one repository: equal files make equal commits, so SHAs recur in others. */
  runs(repo: Repository, sha: string): CheckRun[] {
    return this.github.checkRuns(sha).filter(({ suite }) => suite.repository === repo);
  }

  /** Opens a pull request with these files and waits for its check. */
  async judged(
    files: Files,
    repo = this.repository(),
  ): Promise<{ repo: Repository; pull: PullRequest; check: CheckRun }> {
    const pull = await this.open(repo, files);
    return { repo, pull, check: await this.check(pull) };
  }
}
