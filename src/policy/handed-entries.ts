import type { Path, Problem } from "../manifest/source.ts";
import { familyOf } from "./approvals/terms.ts";
import { handedDown } from "./delegation.ts";
import type { PolicyLayers } from "./layers.ts";
import type { PolicyLayer } from "./read.ts";
import type { PolicyDocument } from "./schema.ts";
import { rangeOfSource } from "./source-line.ts";
import { linesOf, type Sourced, type Values } from "./values.ts";

/** Keys that hold entries, which two layers may fill together. */
type EntryKey = "exceptions" | "approvals" | "environments";

/** An exception, where it stands, and whether it was written for this repository alone. */
export type WrittenException = NonNullable<PolicyDocument["exceptions"]>[number] & {
  readonly source: string;
  readonly own: boolean;
};

/** The entries of both layers: the organisation's stand, a repository's are added where they are handed down. */
export interface JoinedEntries {
  readonly exceptions: readonly WrittenException[];
  readonly approvals: NonNullable<PolicyDocument["approvals"]>;
  readonly environments: NonNullable<PolicyDocument["environments"]>;
  /** What the repository wrote to no effect. */
  readonly refused: readonly Problem[];
}

/** Joins the entries of the layer in charge and of the one below it. `standing` says what is handed down. */
export function joinedEntries({ organisation, repository }: PolicyLayers, standing: Values): JoinedEntries {
  const owner = organisation ?? repository;
  const lower = organisation ? repository : null;
  const stands = (key: EntryKey, name: string) =>
    owner?.document[key] && name in owner.document[key] ? linesOf(owner)([key, name]) : null;
  const exceptions = admitted(lower, "exceptions", standing, (bound, path) => {
    const { rule } = lower!.document.exceptions![Number(path[1])]!;
    return isNamed(bound, rule) ? null : `exceptions of ${rule} are not handed down${listOf(bound)}`;
  });
  const approvals = admitted(lower, "approvals", standing, (bound, [, name]) => {
    const family = String(name);
    const { breakGlass = [] } = lower!.document.approvals![family]!;
    const unnamed = [family, ...breakGlass].find((one) => !isNamed(bound, one));
    if (unnamed !== undefined) return `approvals of ${unnamed} are not handed down${listOf(bound)}`;
    const line = stands("approvals", family) ?? stands("approvals", familyOf(family) ?? "");
    return line && `who approves ${family} is said by ${line} and stays so`;
  });
  const environments = admitted(lower, "environments", standing, (_bound, [, name]) => {
    const line = stands("environments", String(name));
    return line && `the environment ${name} is defined by ${line} and stays so`;
  });
  return {
    exceptions: [
      ...exceptionsOf(organisation, false),
      ...exceptionsOf(repository, true).filter((_exception, index) => !lower || exceptions.takes(index)),
    ],
    approvals: { ...taken(lower?.document.approvals, approvals), ...owner?.document.approvals },
    environments: { ...taken(lower?.document.environments, environments), ...owner?.document.environments },
    refused: [...exceptions.refused, ...approvals.refused, ...environments.refused],
  };
}

interface Admission {
  takes(entry: string | number): boolean;
  readonly refused: readonly Problem[];
}

/** Which entries of a lower layer count; `objection` says why one does not, though its key is handed down. */
function admitted(
  lower: PolicyLayer | null,
  key: EntryKey,
  standing: Values,
  objection: (bound: Sourced, path: Path) => string | null,
): Admission {
  const entries = lower?.document[key];
  if (!lower || entries === undefined) return { takes: () => false, refused: [] };
  const refuse = (path: Path, message: string): Problem => ({
    code: "policy-layer",
    message,
    range: rangeOfSource(linesOf(lower)(path)),
    fix: `it has no effect; the organisation's policy can hand it down: \`delegate: { ${key}: true }\``,
  });
  const bound = handedDown(standing, [key]);
  if (!bound) {
    return {
      takes: () => false,
      refused: [refuse([key], `${key} belongs to the organisation's policy`)],
    };
  }
  const refusals = Object.keys(entries).flatMap((entry) => {
    const path = [key, Array.isArray(entries) ? Number(entry) : entry];
    const message = objection(bound, path);
    return message === null ? [] : [{ entry, problem: refuse(path, message) }];
  });
  const refusedEntries = new Set(refusals.map(({ entry }) => entry));
  return {
    takes: (entry) => !refusedEntries.has(String(entry)),
    refused: refusals.map(({ problem }) => problem),
  };
}

function isNamed({ value }: Sourced, name: string): boolean {
  return value === true || (value as readonly string[]).includes(name);
}

function listOf({ source, value }: Sourced): string {
  return `: ${source} names ${(value as readonly string[]).join(", ")}`;
}

function taken<Entry>(entries: Readonly<Record<string, Entry>> | undefined, { takes }: Admission) {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([name]) => takes(name)));
}

function exceptionsOf(layer: PolicyLayer | null, own: boolean): WrittenException[] {
  return (layer?.document.exceptions ?? []).map((exception, index) => ({
    ...exception,
    source: linesOf(layer!)(["exceptions", index]),
    own,
  }));
}
