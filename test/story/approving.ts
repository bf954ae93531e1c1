import { expect } from "vitest";
import type { CheckRun, Files, IssueComment, PullRequest, Repository } from "../github/index.ts";
import { reviews, Story } from "./mesh.ts";

export const minute = 60_000;
export const hour = 60 * minute;

/** Under this policy the members of one team may approve steps up to 80 points. */
export function approvedBy(more = "", approvers = '["@acme/traffic"]'): string {
  return `version: 1
mode: enforce
rules:
  weight-step: { severity: block, maxStep: 20 }
approvals:
  weight: { approvers: ${approvers}, ceiling: 80${more} }
`;
}

/** A step of 50 points. */
export const step: Files = { "mesh/reviews.yaml": reviews(40, 60) };

/** A story in which people approve. */
export class Approving extends Story {
  /** A pull request of alice's that a permitted person could approve, and the fingerprint of what blocks. */
  async blocked(files: Files = step, repo: Repository = this.repository()) {
    const { pull, check } = await this.judged(files, repo);
    expect(check.conclusion).toBe("action_required");
    return { repo, pull, check, fingerprint: fingerprintIn(check) };
  }

  /** The same, already approved by bob. */
  async approved(files: Files = step, repo: Repository = this.repository()) {
    const { pull, fingerprint } = await this.blocked(files, repo);
    const command = await this.say(pull, "bob", `/approve-weight ${fingerprint} it has soaked`);
    expect(await this.conclusion(pull)).toBe("success");
    return { repo, pull, fingerprint, command, receipt: this.answer(pull) };
  }

  /** Writes a comment and waits for everything that follows from it. */
  async say(pull: PullRequest, by: string, body: string): Promise<IssueComment> {
    const comment = this.github.comment(pull, by, body);
    await this.stage.settled();
    return comment;
  }

  async conclusion(pull: PullRequest, sha = pull.headSha): Promise<CheckRun["conclusion"]> {
    return (await this.check(pull, sha)).conclusion;
  }

  replies(pull: PullRequest): IssueComment[] {
    return pull.comments.filter(({ body }) => body.includes("<!-- sluice:reply v1 "));
  }

  /** The newest reply. */
  answer(pull: PullRequest): IssueComment {
    const reply = this.replies(pull).at(-1);
    if (!reply) throw new Error("nobody was answered");
    return reply;
  }

  /** Time passes for GitHub and for the Worker. */
  advance(milliseconds: number): Promise<void> {
    return this.stage.advance(milliseconds);
  }
}

/** The fingerprint in the line to paste. */
export function fingerprintIn({ output: { summary } }: CheckRun): string {
  const found = /\/approve-\w+ ([0-9a-f]{16})/.exec(summary ?? "")?.[1];
  if (!found) throw new Error(`no line to paste in ${summary}`);
  return found;
}
