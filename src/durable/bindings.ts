import type { Variables } from "../environment.ts";
import type { HeadCommit } from "./head-commit.ts";
import type { MergeGroup } from "./merge-group.ts";
import type { PullRequest } from "./pull-request.ts";
import type { Redelivery } from "./redelivery.ts";
import type { Repository } from "./repository.ts";

/** What the Worker finds in its environment: wrangler.toml describes each. */
export interface Bindings extends Variables {
  readonly PULL_REQUEST: DurableObjectNamespace<PullRequest>;
  readonly HEAD_COMMIT: DurableObjectNamespace<HeadCommit>;
  readonly MERGE_GROUP: DurableObjectNamespace<MergeGroup>;
  readonly REPOSITORY: DurableObjectNamespace<Repository>;
  readonly REDELIVERY: DurableObjectNamespace<Redelivery>;
  /** Changes with every deployment. */
  readonly VERSION?: { readonly id: string };
}

/** Names of the Durable Objects: by repository id, because names change hands. */
export const objectName = {
  pullRequest: (repository: number, number: number) => `${repository}/${number}`,
  headCommit: (repository: number, sha: string) => `${repository}/${sha}`,
  repository: (repository: number) => String(repository),
};

/** Finds the objects of repositories by their ids. */
export function repositoriesOf({ REPOSITORY }: Bindings) {
  return (id: number) => REPOSITORY.getByName(objectName.repository(id));
}
