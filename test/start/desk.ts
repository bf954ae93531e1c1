import { limits } from "../../src/github/limits.ts";
import type { LocalGitHub, PullRequest } from "../github/index.ts";
import type { PullRequestDesk } from "./page-server.ts";
import type { Project, Push } from "./project.ts";
import { currentRun, snapshot } from "./snapshot.ts";
import type { ActionView, PullRequestView } from "./view.ts";

/** Longer than anybody waits: `until` needs an end. */
const forever = 2 ** 31 - 1;

/** Shows a pull request of the local GitHub and presses its buttons. */
export class Desk implements PullRequestDesk {
  readonly path: string;
  readonly #github: LocalGitHub;
  readonly #pull: PullRequest;
  readonly #project: Project;
  readonly #pageUrl: string;

  constructor(github: LocalGitHub, pull: PullRequest, project: Project, pageUrl: string) {
    this.#github = github;
    this.#pull = pull;
    this.#project = project;
    this.#pageUrl = pageUrl;
    this.path = pathOf(pull);
  }

  async view(): Promise<PullRequestView> {
    const shown = await snapshot(this.#github, this.#pull, this.#pageUrl);
    return { ...shown, actions: this.#actions(), people: this.#project.people };
  }

  async act(action: string, form: URLSearchParams): Promise<string | null> {
    const [github, pull] = [this.#github, this.#pull];
    const run = currentRun(github, pull);
    switch (action) {
      case "comment":
        return this.#comment(form.get("as") ?? "", form.get("body") ?? "");
      case "push":
        return this.#push(this.#project.head());
      case "move-base":
        return this.#push(this.#project.base());
      case "rerun":
        if (run === null) return "There is no check to run again.";
        await github.rerequest(run, this.#author);
        return null;
      case "close":
        if (pull.state === "open") await github.close(pull);
        return null;
      case "reopen":
        if (pull.state === "closed") await github.reopen(pull);
        return null;
      default:
        return `There is no button ${action}.`;
    }
  }

  async file(repository: string, commit: string, path: string): Promise<string | null> {
    const [owner = "", name = ""] = repository.split("/");
    const git = this.#github.world.repository(owner, name)?.git;
    if (git === undefined || !/^[0-9a-f]{40}$/.test(commit)) return null;
    const entry = await git.entry(commit, path).catch(() => null);
    const blob = entry?.type === "blob" ? await git.blob(entry.oid) : null;
    return blob?.toString() ?? null;
  }

  changed(): Promise<void> {
    let looks = 0;
    return this.#github.until(() => looks++ > 0, forever);
  }

  get #author(): string {
    return this.#pull.author.login;
  }

  #actions(): ActionView[] {
    const { state, merged } = this.#pull;
    const [head, base] = [this.#project.head(), this.#project.base()];
    if (merged !== null) return [];
    if (state === "closed") {
      return [{ id: "reopen", label: "Reopen", explanation: "Sluice judges it again", primary: true }];
    }
    return [
      ...(head === null
        ? []
        : [{ id: "push", label: head.label, explanation: head.explanation, primary: true }]),
      { id: "rerun", label: "Re-run", explanation: "GitHub asks Sluice to look again" },
      ...(base === null ? [] : [{ id: "move-base", label: base.label, explanation: base.explanation }]),
      { id: "close", label: "Close", explanation: "Sluice forgets it until it is reopened" },
    ];
  }

  async #push(push: Push | null): Promise<string | null> {
    if (push === null) return "There is nothing more to push.";
    return push.push(this.#github, this.#pull);
  }

  #comment(as: string, body: string): string | null {
    if (!this.#project.people.includes(as)) return `Nobody here is called ${as}.`;
    if (body.trim() === "") return "A comment needs a text.";
    if (body.length > limits.commentCharacters) return "GitHub takes no comment as long as this one.";
    this.#github.comment(this.#pull, as, body);
    return null;
  }
}

/** Where the page of a pull request is. */
export function pathOf({ repository, number }: PullRequest): string {
  return `/${repository.owner.login}/${repository.name}/pull/${number}`;
}
