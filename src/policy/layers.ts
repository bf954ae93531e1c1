import type { Problem } from "../manifest/source.ts";
import { type PolicyLayer, readPolicy } from "./read.ts";

/** A policy file as somebody found it: its text, or that there is none. */
export type PolicyText =
  | { readonly kind: "file"; readonly source: string; readonly commit: string | null; readonly text: string }
  | { readonly kind: "absent" | "hidden"; readonly source: string };

/** The layers that validate, and what is wrong with those that do not. */
export interface PolicyLayers {
  readonly organisation: PolicyLayer | null;
  readonly repository: PolicyLayer | null;
  readonly unreadable: readonly Problem[];
}

/** Reads the organisation's policy file and the repository's. A broken file is named, never skipped in silence. */
export function policyLayers(organisation: PolicyText, repository: PolicyText): PolicyLayers {
  const below = organisation.kind === "file";
  const first = read(organisation);
  const second = read(repository, below);
  return {
    organisation: first.layer ?? null,
    repository: second.layer ?? null,
    unreadable: [...(first.problems ?? []), ...(second.problems ?? [])],
  };
}

function read(file: PolicyText, below = false) {
  if (file.kind !== "file") return { layer: null, problems: [] };
  return readPolicy(file.text, file.source, file.commit, { below });
}
