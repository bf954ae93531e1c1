import type { Variables } from "../environment.ts";
import type { RepositoryName } from "../github/port.ts";
import type { Neighbours } from "./cached-github.ts";
import type { HeadCommit } from "./head-commit.ts";
import type { MergeGroup } from "./merge-group.ts";
import type { Place } from "./office.ts";
import type { PullRequest } from "./pull-request.ts";
import type { Redelivery } from "./redelivery.ts";
import type { Repository } from "./repository.ts";
import type { SharedRepository } from "./shared-repository.ts";

/** What the Worker finds in its environment: wrangler.toml describes each. */
export interface Bindings extends Variables {
  readonly PULL_REQUEST: DurableObjectNamespace<PullRequest>;
  readonly HEAD_COMMIT: DurableObjectNamespace<HeadCommit>;
  readonly MERGE_GROUP: DurableObjectNamespace<MergeGroup>;
  readonly REPOSITORY: DurableObjectNamespace<Repository>;
  readonly SHARED_REPOSITORY: DurableObjectNamespace<SharedRepository>;
  readonly REDELIVERY: DurableObjectNamespace<Redelivery>;
  /** Changes with every deployment. */
  readonly VERSION?: { readonly id: string };
}

/** Names of the Durable Objects: by repository id, because names change hands; policy names repositories by their names. */
export const objectName = {
  pullRequest: (repository: number, number: number) => `${repository}/${number}`,
  headCommit: (repository: number, sha: string) => `${repository}/${sha}`,
  repository: (repository: number) => String(repository),
  sharedRepository: ({ owner, name }: RepositoryName) => `${owner}/${name}`.toLowerCase(),
};

/** The objects of other repositories, for one that reads what completes its mesh there. */
export function neighboursOf({ REPOSITORY, SHARED_REPOSITORY }: Bindings, place: Place): Neighbours {
  const { installation, repository } = place;
  return {
    cacheOf: (id) => REPOSITORY.getByName(objectName.repository(id)),
    hearOf: (named) =>
      SHARED_REPOSITORY.getByName(objectName.sharedRepository(named)).completes({ installation, repository }),
  };
}
