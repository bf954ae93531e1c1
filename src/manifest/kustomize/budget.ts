import { refuse } from "./not-buildable.ts";
import type { Traced } from "./traced.ts";

/** Bounds on what one build may cost: a kustomization is hostile text too. */
export interface BuildLimits {
  /** How deep kustomizations may include each other. */
  readonly depth: number;
  /** Kustomizations entered, each time counted. */
  readonly kustomizations: number;
  /** Resources of one kustomization. */
  readonly resources: number;
  /** Transformations times the resources they look at. */
  readonly work: number;
}

export const defaultBuildLimits: BuildLimits = {
  depth: 50,
  kustomizations: 1_000,
  resources: 20_000,
  work: 5_000_000,
};

/** What is left of the limits while a build goes on. */
export class Budget {
  readonly #limits: BuildLimits;
  #kustomizations = 0;
  #work = 0;

  constructor(limits: BuildLimits) {
    this.#limits = limits;
  }

  /** Counts a kustomization that is entered at a depth. */
  enter(depth: number, at: Traced): void {
    this.#kustomizations += 1;
    if (depth > this.#limits.depth)
      refuse(`kustomizations include each other more than ${this.#limits.depth} deep`, at);
    if (this.#kustomizations > this.#limits.kustomizations) {
      refuse(`the build enters more than ${this.#limits.kustomizations} kustomizations`, at);
    }
  }

  /** Counts a transformation of so many resources. */
  spend(resources: number, at: Traced): void {
    if (resources > this.#limits.resources)
      refuse(`there are more than ${this.#limits.resources} resources`, at);
    this.#work += resources + 1;
    if (this.#work > this.#limits.work) refuse("the build takes more work than is allowed", at);
  }
}
