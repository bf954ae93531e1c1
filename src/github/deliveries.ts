import type { GitHubApp } from "./app.ts";
import { limits } from "./limits.ts";

/** One attempt of GitHub to deliver a webhook. */
export interface Delivery {
  /** Digits; beyond what a number holds exactly. */
  readonly id: string;
  /** The same for every attempt to deliver one event. */
  readonly guid: string;
  /** Milliseconds since 1970. */
  readonly deliveredAt: number;
  readonly succeeded: boolean;
  /** For the log: `pull_request.opened`. */
  readonly event: string;
}

/** A sweep that would need more pages than this leaves the rest to the next. */
const maxPages = 30;

/**
 * Attempts since a time (milliseconds since 1970), oldest first. All of them, not only the failed: whether an event was
 * lost is known only from its later attempts, and timeouts need not carry a failing status code.
 */
export async function deliveriesSince(app: GitHubApp, since: number): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const { data, headers } = await app.request("GET /app/hook/deliveries", {
      per_page: limits.pageSize,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id, guid, delivered_at, status_code, event, action } of data) {
      deliveries.push({
        id: String(id),
        guid,
        deliveredAt: Date.parse(delivered_at),
        succeeded: status_code >= 200 && status_code < 400,
        event: action ? `${event}.${action}` : event,
      });
    }
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? "")?.[1];
    const oldest = deliveries.at(-1);
    if (cursor === undefined || (oldest && oldest.deliveredAt < since)) break;
    cursor = decodeURIComponent(cursor);
  }
  return deliveries.filter(({ deliveredAt }) => deliveredAt >= since).reverse();
}

/** Asks GitHub to deliver once more. GitHub keeps deliveries for 3 days. */
export async function redeliver(app: GitHubApp, id: string): Promise<void> {
  // By address: Octokit's types want the id as a number, which may not hold it.
  await app.request({ method: "POST", url: `/app/hook/deliveries/${id}/attempts` });
}
