import { policyRepositoryOf } from "../github/policy-file.ts";
import type { PolicyMemory } from "../read-policy.ts";
import { type Bindings, objectName } from "./bindings.ts";
import { configurationOf, type Place } from "./office.ts";

/** What is remembered of the policies that one repository is judged by, in the objects that it belongs to. */
export class PolicyMemories {
  readonly #bindings: Bindings;
  readonly #place: Place;
  #known: PolicyMemory | null = null;

  constructor(bindings: Bindings, { installation, repository }: Place) {
    this.#bindings = bindings;
    this.#place = { installation, repository };
  }

  /** Reads it, and asks to hear of changes of the organisation's policy. */
  async read(): Promise<PolicyMemory> {
    const [seen, own] = await Promise.all([this.#shared().consult(this.#place), this.#own().enforcedAt()]);
    this.#known = {
      enforcedAt: { organisation: seen.enforcedAt, repository: own },
      enrolledBy: seen.enrolledBy,
    };
    return this.#known;
  }

  /** Keeps what a look saw; most see what is known already, and cost nothing. */
  async keep({ enforcedAt, enrolledBy }: PolicyMemory): Promise<void> {
    const { organisation, repository } = enforcedAt;
    const known = this.#known;
    if (organisation !== known?.enforcedAt.organisation || enrolledBy !== known.enrolledBy)
      await this.#shared().remember(this.#place, { enforcedAt: organisation, enrolledBy });
    if (repository !== known?.enforcedAt.repository) await this.#own().rememberEnforced(repository);
  }

  #shared() {
    const { policyRepository } = configurationOf(this.#bindings);
    const name = policyRepositoryOf(this.#place.repository, policyRepository);
    return this.#bindings.SHARED_REPOSITORY.getByName(objectName.sharedRepository(name));
  }

  #own() {
    return this.#bindings.REPOSITORY.getByName(objectName.repository(this.#place.repository.id));
  }
}
