import type { Problem } from "../manifest/source.ts";
import { handedDown } from "./delegation.ts";
import type { PolicyLayers } from "./layers.ts";
import type { PolicyLayer } from "./read.ts";
import { rangeOfSource } from "./source-line.ts";
import { linesOf, type Values } from "./values.ts";

/** A repository that completes the mesh, as `owner/name`, and the line that names it. */
export interface NamedRepository {
  readonly repository: string;
  readonly source: string;
}

/**
 * The organisation's inventory, and the repository's where that is handed down. Only the organisation can say whose files
 * are to be read: a repository that is in charge of itself could otherwise have Sluice show what its people may not see.
 */
export function joinedInventory(
  { organisation, repository }: PolicyLayers,
  standing: Values,
): { readonly repositories: readonly NamedRepository[]; readonly refused: readonly Problem[] } {
  if (organisation) {
    const own = handedDown(standing, ["inventory"]) ? namedBy(repository) : [];
    return { repositories: [...namedBy(organisation), ...own], refused: [] };
  }
  if (!repository?.document.inventory) return { repositories: [], refused: [] };
  const problem = {
    code: "policy-layer",
    message: "inventory counts in the organisation's policy alone",
    range: rangeOfSource(linesOf(repository)(["inventory"])),
    fix: "name the repositories there",
  };
  return { repositories: [], refused: [problem] };
}

function namedBy(layer: PolicyLayer | null): NamedRepository[] {
  return (layer?.document.inventory ?? []).map((repository, index) => ({
    repository,
    source: linesOf(layer!)(["inventory", index]),
  }));
}
