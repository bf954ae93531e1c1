import type { Problem } from "../manifest/source.ts";
import { type PolicyLayer, readPolicy } from "./read.ts";

/** Where a policy lies in any repository. */
export const policyPath = ".github/sluice.yaml";

/** A policy file's text at one commit. */
export interface PolicyVersion {
  /** Null outside Git. */
  readonly commit: string | null;
  readonly text: string;
}

/** A policy file as somebody found it: its text, or that there is none. */
export type PolicyText =
  | ({
      readonly kind: "file";
      readonly source: string;
      /** What the file was before, newest first, for when it is broken now; absent where nobody looked. */
      readonly earlier?: readonly PolicyVersion[];
    } & PolicyVersion)
  | {
      /** `absent`: the repository is there without such a file. `hidden`: nobody shows us the repository. */
      readonly kind: "absent" | "hidden";
      readonly source: string;
      /** The commit at which it was last seen to enforce; whoever remembers none may leave it out. */
      readonly enforcedAt?: string | null;
    };

/** The layers that validate, and what is wrong with those that do not. */
export interface PolicyLayers {
  readonly organisation: PolicyLayer | null;
  readonly repository: PolicyLayer | null;
  /** Layers that are not in force as their newest commit has them; reported. */
  readonly replaced: readonly Problem[];
  /** Layers that nothing stands in for: a change of the mesh cannot be judged without them. */
  readonly unreadable: readonly Problem[];
  /** The organisation's policy where it does not enrol the repository, and so is not its. */
  readonly excludedBy?: PolicyLayer | null;
}

/** What became of one file. */
interface Reading {
  readonly layer: PolicyLayer | null;
  readonly replaced: readonly Problem[];
  readonly unreadable: readonly Problem[];
}

/**
 * Reads the organisation's policy file and the repository's. Of a broken file the newest version that validates stays in
 * force, and is named; one that enforced and is gone leaves the gate shut (semantics.md "Where policy comes from").
 */
export function policyLayers(organisation: PolicyText, repository: PolicyText): PolicyLayers {
  const readings = [reading(organisation), reading(repository, organisation.kind === "file")] as const;
  return {
    organisation: readings[0].layer,
    repository: readings[1].layer,
    replaced: readings.flatMap(({ replaced }) => replaced),
    unreadable: readings.flatMap(({ unreadable }) => unreadable),
  };
}

/** `below`: under the organisation's, whose environments it may name. */
function reading(file: PolicyText, below = false): Reading {
  if (file.kind !== "file") return { layer: null, replaced: [], unreadable: missing(file) };
  const { source, commit, text, earlier = [] } = file;
  const { layer, problems = [] } = readPolicy(text, source, commit, { below });
  if (layer) return { layer, replaced: [], unreadable: [] };
  for (const version of earlier) {
    const good = readPolicy(version.text, source, version.commit, { below }).layer;
    if (good) return { layer: good, replaced: problems.map(replacedBy(good)), unreadable: [] };
  }
  return { layer: null, replaced: [], unreadable: problems };
}

function replacedBy({ commit }: PolicyLayer): (problem: Problem) => Problem {
  const stand = commit === null ? "an earlier version" : commit.slice(0, 7);
  return (problem) => ({
    ...problem,
    message: `${problem.message}, so the file as of ${stand} stays in force`,
  });
}

/** A policy that enforced and is gone was not lifted by anybody: deleting it must not be the way around it. */
function missing({ kind, source, enforcedAt }: PolicyText & { kind: "absent" | "hidden" }): Problem[] {
  if (enforcedAt == null) return [];
  const now = kind === "absent" ? "is not there any more" : "is not shown to Sluice any more";
  const mend =
    kind === "absent"
      ? "restore it, or commit one that says `mode: off`"
      : "install the app on its repository again";
  return [
    {
      code: "policy-missing",
      message: `the policy was in force at ${enforcedAt.slice(0, 7)} and ${now}`,
      range: { file: source, line: 1, column: 1, endLine: 1, endColumn: 1 },
      fix: mend,
    },
  ];
}
