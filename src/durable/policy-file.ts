import type { Look } from "../gate.ts";
import { policyRepositoryOf } from "../github/policy-file.ts";
import type { GovernedPull, GovernedPulls } from "../policy-proposal.ts";
import { type Bindings, neighboursOf, objectName } from "./bindings.ts";
import { CachedGitHub } from "./cached-github.ts";
import { configurationOf, openOffice, type Place } from "./office.ts";

/** Pull requests that a proposed policy is held against at most: each costs some requests, and time. */
const mostPulls = 20;

/** Whose policy the file in a repository is, and the open pull requests that it is held against, but for `own`. */
export function policyFileOf(bindings: Bindings, place: Place, own: number): Look["policyFile"] {
  const { policyRepository } = configurationOf(bindings);
  const theirs = objectName.sharedRepository(policyRepositoryOf(place.repository, policyRepository));
  const isTheirs = objectName.sharedRepository(place.repository) === theirs;
  const places = async () =>
    isTheirs ? await bindings.SHARED_REPOSITORY.getByName(theirs).dependants() : [place];
  return {
    owner: isTheirs ? "organisation" : "repository",
    governed: async () => pullsIn(bindings, await places(), { ...place, number: own }),
  };
}

async function pullsIn(
  bindings: Bindings,
  places: readonly Place[],
  own: Place & { readonly number: number },
): Promise<GovernedPulls> {
  const some: GovernedPull[] = [];
  let total = 0;
  for (const place of places) {
    const { id, owner, name } = place.repository;
    const repository = bindings.REPOSITORY.getByName(objectName.repository(id));
    const numbers = (await repository.aboutMesh()).filter(
      (number) => id !== own.repository.id || number !== own.number,
    );
    total += numbers.length;
    const github = new CachedGitHub(
      openOffice(bindings, place).client,
      repository,
      neighboursOf(bindings, place),
    );
    const wanted = numbers.slice(0, mostPulls - some.length);
    some.push(...wanted.map((number) => ({ repository: `${owner}/${name}`, number, github })));
  }
  return { some, total };
}
