import type { Remark } from "../policy/approvals/conversation.ts";
import type { Connection } from "./connection.ts";
import { limits } from "./limits.ts";
import { findingMarker, reportMarker } from "./marker.ts";
import type {
  Annotation,
  CheckReport,
  CheckRunId,
  FoundCheck,
  Publisher,
  PullRequestState,
  RepositoryName,
  ReviewComment,
} from "./port.ts";

/** The one stable name under which branch protection requires the check. */
export const checkName = "Sluice";

/** Says what Sluice has to say on one repository, over REST. */
export class RepositoryPublisher implements Publisher {
  readonly #connection: Connection;
  readonly #appId: number;
  readonly #repository: { readonly owner: string; readonly repo: string };

  constructor(connection: Connection, appId: number, { owner, name }: RepositoryName) {
    this.#connection = connection;
    this.#appId = appId;
    this.#repository = { owner, repo: name };
  }

  async beginCheck(head: string, externalId: string): Promise<CheckRunId> {
    const { data } = await this.#connection.request("POST /repos/{owner}/{repo}/check-runs", {
      ...this.#repository,
      name: checkName,
      head_sha: head,
      external_id: externalId,
      status: "in_progress",
    });
    return Number(data.id);
  }

  async findCheck(head: string, externalId: string): Promise<FoundCheck | null> {
    const { data } = await this.#connection.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...this.#repository,
      ref: head,
      check_name: checkName,
      app_id: this.#appId,
      filter: "all",
      per_page: limits.pageSize,
    });
    const run = data.check_runs.find(({ external_id }) => external_id === externalId);
    return run ? { id: Number(run.id), completed: run.status === "completed" } : null;
  }

  /** An update appends its annotations, so those that do not fit into the last request go ahead of it. */
  async completeCheck(run: CheckRunId, report: CheckReport): Promise<void> {
    const { conclusion, title, summary, text, annotations, actions = [] } = report;
    const size = limits.annotationsPerRequest;
    const route = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
    const target = { ...this.#repository, check_run_id: run };
    let start = 0;
    for (; annotations.length - start > size; start += size) {
      const batch = annotations.slice(start, start + size).map(toAnnotation);
      await this.#connection.request(route, { ...target, output: { title, summary, annotations: batch } });
    }
    await this.#connection.request(route, {
      ...target,
      status: "completed",
      conclusion,
      actions: [...actions],
      output: {
        title,
        summary,
        ...(text && { text }),
        annotations: annotations.slice(start).map(toAnnotation),
      },
    });
  }

  async upsertReportComment(pull: PullRequestState, body: string): Promise<void> {
    const marked = body.includes(reportMarker) ? body : `${reportMarker}\n${body}`;
    const present = pull.ownComments.find((comment) => comment.body.includes(reportMarker));
    if (present && sameText(present.body, marked)) return;
    if (present) {
      await this.#connection.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...this.#repository,
        comment_id: present.id,
        body: marked,
      });
    } else {
      await this.#connection.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...this.#repository,
        issue_number: pull.number,
        body: marked,
      });
    }
  }

  async reply(pull: number, body: string): Promise<Remark> {
    const { data } = await this.#connection.request(
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { ...this.#repository, issue_number: pull, body },
    );
    const createdAt = Date.parse(data.created_at);
    return {
      id: Number(data.id),
      author: null,
      ours: true,
      body: data.body ?? body,
      createdAt,
      edited: false,
    };
  }

  async react(comment: number): Promise<void> {
    await this.#connection.request("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", {
      ...this.#repository,
      comment_id: comment,
      content: "eyes",
    });
  }

  async review(pull: PullRequestState, comments: readonly ReviewComment[]): Promise<void> {
    const fresh = comments.filter(({ fingerprint }) => !pull.commentedFingerprints.has(fingerprint));
    if (fresh.length === 0) return;
    await this.#connection.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      ...this.#repository,
      pull_number: pull.number,
      commit_id: pull.head,
      event: "COMMENT",
      body: "Sluice has something to say about lines of this change. The check has the whole report.",
      comments: fresh.map(({ path, line, startLine, fingerprint, body }) => {
        const marker = findingMarker(fingerprint);
        return {
          path,
          line,
          side: "RIGHT",
          ...(startLine !== undefined && { start_line: startLine, start_side: "RIGHT" }),
          body: body.includes(marker) ? body : `${marker}\n${body}`,
        };
      }),
    });
  }
}

function toAnnotation({
  path,
  startLine,
  endLine,
  startColumn,
  endColumn,
  level,
  title,
  message,
}: Annotation) {
  const columns = startLine === endLine && startColumn !== undefined && endColumn !== undefined;
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...(columns && { start_column: startColumn, end_column: endColumn }),
    annotation_level: level,
    title,
    message,
  };
}

/** GitHub may hand back other line ends and trailing space than it was given. */
function sameText(a: string, b: string): boolean {
  const normalised = (text: string) => text.replaceAll("\r\n", "\n").trim();
  return normalised(a) === normalised(b);
}
