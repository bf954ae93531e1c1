import type { Bindings } from "./durable/bindings.ts";
import { PullRequest as PullRequestObject } from "./durable/pull-request.ts";
import { readConfiguration } from "./environment.ts";
import { judge } from "./gate.ts";
import { app } from "./web/app.ts";

export { HeadCommit } from "./durable/head-commit.ts";
export { MergeGroup } from "./durable/merge-group.ts";
export { Redelivery } from "./durable/redelivery.ts";
export { Repository } from "./durable/repository.ts";
export { SharedRepository } from "./durable/shared-repository.ts";

/** A pull request, judged by the gate. */
export class PullRequest extends PullRequestObject {
  protected override readonly judge = judge;
}

/** The Worker's doors. */
export default {
  fetch: app.fetch,
  /** Every five minutes (wrangler.toml): webhooks that were lost are asked for again. */
  async scheduled(_controller, env) {
    if (readConfiguration(env).configuration) await env.REDELIVERY.getByName("app").sweep();
  },
} satisfies ExportedHandler<Bindings>;
