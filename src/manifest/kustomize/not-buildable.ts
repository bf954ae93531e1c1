import type { NotRendered, Range } from "../source.ts";
import { placeOf, type Traced } from "./traced.ts";

/** A kustomization that cannot be built. Thrown inside this room only; a build turns it into a `NotRendered`. */
export class NotBuildable extends Error implements NotRendered {
  readonly range: Range;

  constructor(reason: string, range: Range) {
    super(reason);
    this.range = range;
  }

  get reason(): string {
    return this.message;
  }
}

/** Ends the build: kustomize would refuse, or Sluice cannot tell what it would do. */
export function refuse(reason: string, at: Traced | Range): never {
  throw new NotBuildable(reason, "line" in at ? at : placeOf(at).range);
}
