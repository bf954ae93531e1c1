import type { Permission } from "../http/permission.ts";
import type { Handler, Route } from "../http/route.ts";
import * as app from "./app.ts";
import * as checks from "./checks.ts";
import * as comments from "./comments.ts";
import * as commits from "./commits.ts";
import * as contents from "./contents.ts";
import * as deliveries from "./deliveries.ts";
import * as pulls from "./pulls.ts";
import * as rerequests from "./rerequests.ts";
import * as reviews from "./reviews.ts";
import * as teams from "./teams.ts";

const asApp = (method: Route["method"], path: string, handler: Handler): Route => ({
  method,
  path,
  as: "app",
  needs: [],
  handler,
});
const asInstallation = (
  method: Route["method"],
  path: string,
  needs: Permission | readonly Permission[] | null,
  handler: Handler,
): Route => ({
  method,
  path,
  as: "installation",
  needs: needs === null ? [] : typeof needs === "string" ? [needs] : needs,
  handler,
});

/** Reading a timeline needs either permission; writing on a pull request's needs this one (github/rest-api-description#6994). */
const readTimeline = ["pull_requests:read", "issues:read"] as const;
const writeTimeline = "pull_requests:write";

const repo = "/repos/{owner}/{repo}";

/**
 * Everything this GitHub serves over REST: method, path as GitHub's description has it, permission, handler. A row more is
 * an operation more; `npm run contract` then fetches its schemas.
 */
export const routes: readonly Route[] = [
  asApp("GET", "/app", app.getApp),
  asApp("GET", "/app/installations", app.listInstallations),
  asApp("POST", "/app/installations/{installation_id}/access_tokens", app.createInstallationToken),
  asApp("GET", "/app/hook/deliveries", deliveries.listDeliveries),
  asApp("GET", "/app/hook/deliveries/{delivery_id}", deliveries.getDelivery),
  asApp("POST", "/app/hook/deliveries/{delivery_id}/attempts", deliveries.redeliver),
  asApp("GET", `${repo}/installation`, app.getRepositoryInstallation),
  asInstallation("GET", "/installation/repositories", "metadata:read", app.listInstallationRepositories),

  asInstallation("GET", repo, "metadata:read", contents.getRepository),
  asInstallation(
    "GET",
    `${repo}/collaborators/{username}/permission`,
    "metadata:read",
    contents.getCollaboratorPermission,
  ),
  asInstallation("GET", `${repo}/contents/{path}`, "contents:read", contents.getContent),
  asInstallation("GET", `${repo}/git/trees/{tree_sha}`, "contents:read", contents.getTree),
  asInstallation("GET", `${repo}/git/blobs/{file_sha}`, "contents:read", contents.getBlob),
  asInstallation("GET", `${repo}/compare/{basehead}`, "contents:read", commits.compareCommits),

  asInstallation(
    "GET",
    `${repo}/commits/{commit_sha}/pulls`,
    "pull_requests:read",
    commits.listPullsOfCommit,
  ),
  asInstallation("GET", `${repo}/commits/{ref}/check-runs`, "checks:read", checks.listRunsOfCommit),
  asInstallation("GET", `${repo}/commits/{ref}/check-suites`, "checks:read", checks.listSuitesOfCommit),
  asInstallation("GET", `${repo}/commits/{ref}`, "contents:read", commits.getCommit),

  asInstallation("POST", `${repo}/check-runs`, "checks:write", checks.createRun),
  asInstallation("GET", `${repo}/check-runs/{check_run_id}`, "checks:read", checks.getRun),
  asInstallation("PATCH", `${repo}/check-runs/{check_run_id}`, "checks:write", checks.updateRun),
  asInstallation(
    "GET",
    `${repo}/check-runs/{check_run_id}/annotations`,
    "checks:read",
    checks.listAnnotations,
  ),
  asInstallation(
    "POST",
    `${repo}/check-runs/{check_run_id}/rerequest`,
    "checks:write",
    rerequests.rerequestRun,
  ),
  asInstallation(
    "POST",
    `${repo}/check-suites/{check_suite_id}/rerequest`,
    "checks:write",
    rerequests.rerequestSuite,
  ),

  asInstallation("GET", `${repo}/pulls`, "pull_requests:read", pulls.listPulls),
  asInstallation("GET", `${repo}/pulls/{pull_number}`, "pull_requests:read", pulls.getPull),
  asInstallation("GET", `${repo}/pulls/{pull_number}/files`, "pull_requests:read", pulls.listPullFiles),
  asInstallation("GET", `${repo}/pulls/{pull_number}/commits`, "pull_requests:read", pulls.listPullCommits),
  asInstallation("GET", `${repo}/pulls/{pull_number}/reviews`, "pull_requests:read", reviews.listReviews),
  asInstallation("POST", `${repo}/pulls/{pull_number}/reviews`, "pull_requests:write", reviews.createReview),
  asInstallation(
    "GET",
    `${repo}/pulls/{pull_number}/comments`,
    "pull_requests:read",
    reviews.listReviewComments,
  ),

  asInstallation("GET", `${repo}/issues/{issue_number}/comments`, readTimeline, comments.listComments),
  asInstallation("POST", `${repo}/issues/{issue_number}/comments`, writeTimeline, comments.createComment),
  asInstallation("GET", `${repo}/issues/comments/{comment_id}`, readTimeline, comments.getComment),
  asInstallation("PATCH", `${repo}/issues/comments/{comment_id}`, writeTimeline, comments.updateComment),
  asInstallation("DELETE", `${repo}/issues/comments/{comment_id}`, writeTimeline, comments.deleteComment),
  asInstallation(
    "POST",
    `${repo}/issues/comments/{comment_id}/reactions`,
    ["pull_requests:write", "issues:write"],
    comments.addReaction,
  ),

  asInstallation(
    "GET",
    "/orgs/{org}/teams/{team_slug}/memberships/{username}",
    "members:read",
    teams.getMembership,
  ),
];
