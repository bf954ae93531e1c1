import { Blobs, type Entries } from "./blobs.ts";
import { evaluate } from "./evaluation.ts";
import type { GitHub, PolicyFile, PolicyOwner, PullRequestState } from "./github/port.ts";
import { casesPath } from "./manifest/paths.ts";
import type { Problem } from "./manifest/source.ts";
import type { Decision } from "./policy/decide.ts";
import { effectivePolicy } from "./policy/effective.ts";
import { type PolicyLayers, policyLayers, policyPath } from "./policy/layers.ts";
import { subjectOf } from "./policy/subject.ts";
import { casesIn, runPolicyCase } from "./policy-cases.ts";
import { type ReadChange, readChange } from "./read-change.ts";
import { readInventory } from "./read-inventory.ts";

/** An open pull request that a policy is held against, and a way to read it. */
export interface GovernedPull {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly github: GitHub;
}

/** The pull requests that a policy file may concern: some of them, and how many there are in all. */
export interface GovernedPulls {
  readonly some: readonly GovernedPull[];
  readonly total: number;
}

/** What a pull request would make of the policy file in its repository. Nothing of it is in force. */
export interface PolicyProposal {
  /** Whose file it is: an organisation's policy repository has the organisation's. */
  readonly owner: PolicyOwner;
  /** Why it could not be in force. */
  readonly invalid: readonly Problem[];
  /** What would be without effect, because the organisation forbids it. */
  readonly complaints: readonly Problem[];
  /** The cases beside the policy, and where each differs from what it expects. */
  readonly cases: readonly { readonly name: string; readonly differences: readonly string[] }[];
  /** Open pull requests that it would judge otherwise. */
  readonly effects: readonly PolicyEffect[];
  readonly compared: { readonly pulls: number; readonly of: number };
}

/** One pull request under the policy of today and under the proposed one, approvals aside. */
export interface PolicyEffect {
  readonly repository: string;
  readonly number: number;
  readonly url: string;
  readonly before: Decision;
  readonly after: Decision;
}

/** The policies in force where the proposal stands, and when it is looked at. */
interface Bench {
  readonly owner: PolicyOwner;
  readonly organisation: PolicyFile;
  /** Milliseconds since 1970. */
  readonly now: number;
  governed(): Promise<GovernedPulls>;
}

/**
 * What a change of the policy file or of its cases would do: whether it is valid, whether its cases hold, and which open
 * pull requests it would judge otherwise. Null for a change that leaves both alone.
 */
export async function readProposal(
  github: GitHub,
  { changed, entries }: Pick<ReadChange, "changed" | "entries">,
  { owner, organisation, now, governed }: Bench,
): Promise<PolicyProposal | null> {
  if (!changed.some((path) => path === policyPath || path.startsWith(`${casesPath}/`))) return null;
  const blobs = new Blobs(github);
  const paths = [...entries.keys()].filter((path) => path === policyPath || path.startsWith(`${casesPath}/`));
  await blobs.read(
    paths.flatMap((path) => entries.get(path) ?? []),
    () => true,
    true,
  );
  const texts = blobs.of(entries, paths);
  const text = texts.get(policyPath);
  if (text === undefined) return removed(owner, entries);
  const proposed = { kind: "file", source: policyPath, commit: null, text } as const;
  const under = (own: PolicyFile): PolicyLayers =>
    owner === "organisation" ? policyLayers(proposed, own) : policyLayers(organisation, proposed);
  const policy = effectivePolicy(under(absent), "enforce");
  const nothing = { owner, invalid: policy.unreadable, complaints: policy.problems, cases: [], effects: [] };
  if (policy.unreadable.length > 0) return { ...nothing, compared: { pulls: 0, of: 0 } };
  const cases = casesIn(new Map([...texts].map(([path, body]) => [path.slice(casesPath.length + 1), body])));
  const pulls = changed.includes(policyPath) ? await governed() : { some: [], total: 0 };
  const effects: PolicyEffect[] = [];
  for (const pull of pulls.some) {
    const effect = await effectOn(pull, organisation, under, now);
    if (effect) effects.push(effect);
  }
  return {
    ...nothing,
    cases: cases.map((one) => ({ name: one.name, differences: runPolicyCase(one, under(absent), now) })),
    effects,
    compared: { pulls: pulls.some.length, of: pulls.total },
  };
}

const absent: PolicyFile = { kind: "absent", source: policyPath };

/** Without the file a policy that enforced would shut the gate for everybody. */
function removed(owner: PolicyOwner, entries: Entries): PolicyProposal {
  const isThere = entries.has(policyPath);
  const problem: Problem = {
    code: "policy-missing",
    message: isThere
      ? "the policy is no text file"
      : "the policy is taken away, which lifts nothing that it enforces",
    range: { file: policyPath, line: 1, column: 1, endLine: 1, endColumn: 1 },
    fix: "to lift it, let it say `mode: off`",
  };
  return { owner, invalid: [problem], complaints: [], cases: [], effects: [], compared: { pulls: 0, of: 0 } };
}

/** How the verdict on a pull request would change; null where it would not. */
async function effectOn(
  { github, repository, number }: GovernedPull,
  organisation: PolicyFile,
  proposed: (own: PolicyFile) => PolicyLayers,
  now: number,
): Promise<PolicyEffect | null> {
  const pull: PullRequestState = await github.pullRequest(number);
  if (pull.state !== "open") return null;
  const { change } = await readChange(github, pull);
  const under = async (layers: PolicyLayers): Promise<Decision> => {
    const policy = effectivePolicy(layers, "observe", subjectOf(pull));
    const inventory = await readInventory(github, change, policy);
    return evaluate({ ...change, inventory }, policy, { now }).decision;
  };
  const before = await under(policyLayers(organisation, pull.repositoryPolicy));
  const after = await under(proposed(pull.repositoryPolicy));
  const isSame = before.conclusion === after.conclusion && before.title === after.title;
  return isSame ? null : { repository, number, url: pull.url, before, after };
}
