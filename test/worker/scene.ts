import type { CheckRun, Fault, Files, PullRequest, Repository } from "../github/index.ts";
import type { Stage } from "./harness.ts";
import type { VerdictFile } from "./judge-by-file.ts";

let branches = 0;

/** One repository on a stage, with the few deeds that worker tests are made of. */
export class Scene {
  readonly stage: Stage;
  readonly repo: Repository;
  #requestsBefore: number;

  constructor(stage: Stage, repository: string) {
    this.stage = stage;
    this.repo = stage.github.repository(repository);
    this.#requestsBefore = stage.github.requests.length;
  }

  /** Opens a pull request whose judge says what `verdict` says. */
  async open(
    verdict: VerdictFile = {},
    options: { base?: string; files?: Files } = {},
  ): Promise<PullRequest> {
    branches += 1;
    const head = `change-${branches}`;
    await this.push(head, verdict, options.files);
    const base = options.base === undefined ? {} : { base: options.base };
    const pull = await this.stage.github.openPullRequest({ repo: this.repo, head, ...base });
    await this.stage.github.settled();
    return pull;
  }

  /** Commits a verdict onto a branch and announces it. Every commit is another one, whatever the verdict. */
  async push(branch: string, verdict: VerdictFile, files: Files = {}): Promise<string> {
    // The words of a manifest, or the repository's object would not keep the text.
    const commit = { ...verdict, branch, apiVersion: "networking.istio.io/v1" };
    const sha = await this.stage.github.push({
      repo: this.repo,
      branch,
      files: { "verdict.json": JSON.stringify(commit), ...files },
    });
    await this.stage.github.settled();
    return sha;
  }

  /** What `fault` does to the next requests that match. */
  fault(fault: Fault, pattern: { method?: string; path?: string; body?: string } = {}, times = 1): void {
    this.stage.github.faults.plan(fault, pattern, times);
  }

  name(pull: PullRequest): string {
    return `${this.repo.id}/${pull.number}`;
  }

  /** The pull request looks, now. */
  look(pull: PullRequest): Promise<boolean> {
    return this.stage.ring("PULL_REQUEST", this.name(pull));
  }

  due(pull: PullRequest): Promise<number | null> {
    return this.stage.due("PULL_REQUEST", this.name(pull));
  }

  runs(sha: string): CheckRun[] {
    return this.stage.github.checkRuns(sha);
  }

  /** Requests since the scene began or since the last call, as `METHOD /path`. */
  requests(): string[] {
    const requests = this.stage.github.requests.slice(this.#requestsBefore);
    this.#requestsBefore = this.stage.github.requests.length;
    return requests.map(({ method, path }) => `${method} ${path}`);
  }
}
