import { ApprovalMemory } from "../../../src/durable/approval-memory.ts";
import type { Evaluation } from "../../../src/evaluation.ts";
import type { Said } from "../../../src/event/job.ts";
import type { GitHub, PullRequestState } from "../../../src/github/port.ts";
import type { Conversation, GivenReview, Remark } from "../../../src/policy/approvals/conversation.ts";
import type { Account, Fact, Question } from "../../../src/policy/approvals/facts.ts";
import { decide } from "../../../src/policy/decide.ts";
import { approveIdentifier } from "../../../src/report/approvals.ts";
import type { Finding } from "../../../src/rules/finding.ts";
import { settle } from "../../../src/settlement.ts";

export const people = { alice: 1, bob: 2, carol: 3, dora: 4 } as const;
export type Person = keyof typeof people;
export const account = (login: Person): Account => ({ id: people[login], login });

/** Everything that is true of one pull request. Plain data: a state can be copied and tried in several ways. */
export interface Pull {
  readonly number: number;
  base: "main" | "release";
  size: number;
  /** Grows with every push. */
  commits: number;
  contributors: Person[];
  comments: Remark[];
  reviews: GivenReview[];
  /** What the object keeps. */
  readonly kept: Map<string, unknown>;
  published: { readonly head: string; readonly conclusion: string } | null;
}

export interface State {
  now: number;
  nextId: number;
  /** Members of the approving team. */
  members: Person[];
  readonly pulls: Pull[];
  /** Deliveries under way: for whom, and what only they can say. */
  readonly line: { readonly pull: number; readonly said: Said }[];
}

const key = "a signing key of the property test, long enough";
export const keys = [key] as const;
export const life = 60 * 60_000;

export function newState(pulls: number): State {
  return {
    now: 1_000_000_000_000,
    nextId: 1,
    members: ["bob", "carol"],
    pulls: Array.from({ length: pulls }, (_, index) => ({
      number: index + 1,
      base: "main",
      size: 30,
      commits: 0,
      contributors: ["alice"],
      comments: [],
      reviews: [],
      kept: new Map(),
      published: null,
    })),
    line: [],
  };
}

export const headOf = ({ number, commits }: Pull): string => `head-${number}-${commits}`;

/** What blocks follows from what is changed into what, and from nothing else. */
export function fingerprintOf({ base, size }: Pick<Pull, "base" | "size">): string {
  return `${base === "main" ? "a" : "b"}${String(size).padStart(15, "0")}`;
}

export function blockingOf(pull: Pull): Finding[] {
  if (pull.size <= 20) return [];
  const range = { file: "mesh.yaml", line: 1, column: 1, endLine: 1, endColumn: 1 };
  return [
    {
      rule: "weight-step",
      severity: "block",
      state: "new",
      why: "",
      environment: null,
      scopes: [""],
      enforced: true,
      fingerprint: fingerprintOf(pull),
      object: "VirtualService/prod/reviews",
      subject: "",
      range,
      message: "too far",
      fix: "",
      certainty: "certain",
      measure: pull.size,
    } satisfies Finding,
  ];
}

const approvals = {
  weight: {
    approvers: ["@acme/traffic"],
    minApprovers: 1,
    authorMayApprove: false,
    ceiling: 80,
    expires: life,
    reviews: true,
    breakGlass: [],
  },
};
const policy = { mode: "enforce", approvals, sources: [] } as unknown as Evaluation["policy"];

function evaluationOf(pull: Pull): Evaluation {
  const traffic = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };
  const findings = blockingOf(pull);
  const evidence = { meshAffected: true, traffic, findings, notEvaluated: [], inventory: [], notices: [] };
  const decision = decide(evidence as unknown as Evaluation["evidence"], policy);
  return { evidence, decision, policy, assessments: [], approvalsOff: false } as unknown as Evaluation;
}

export function conversationOf(pull: Pull): Conversation {
  const { number, comments, reviews } = pull;
  return { repository: 7, pull: number, head: headOf(pull), author: account("alice"), comments, reviews };
}

/** One look at a pull request, as its object takes it: the real settlement over this world instead of GitHub. */
export async function look(state: State, number: number): Promise<void> {
  const pull = state.pulls[number - 1]!;
  const memory = new ApprovalMemory(storage(pull.kept));
  const github = { ask: (question: Question) => Promise.resolve(answer(state, question)) };
  const conversation = conversationOf(pull);
  const { evaluation, settlement } = await settle(
    github as unknown as GitHub,
    { number, head: headOf(pull), conversation } as PullRequestState,
    evaluationOf(pull),
    { base: new Map(), head: new Map([["mesh.yaml", "changed"]]), unreadable: [] },
    {
      memory: memory.read(),
      presses: memory.presses(),
      revoked: memory.revoked(),
      keys,
      reply: (body) => {
        const reply = remark(state, null, body);
        pull.comments = [...pull.comments, reply];
        return Promise.resolve(reply);
      },
    },
    state.now,
  );
  memory.settle(settlement, state.now);
  pull.published = { head: headOf(pull), conclusion: evaluation.decision.conclusion };
  memory.published(headOf(pull), settlement.fingerprints, state.now);
}

/** A delivery arrives: what it says is kept, and a look follows. */
export async function arrive(state: State, { pull, said }: State["line"][number]): Promise<void> {
  new ApprovalMemory(storage(state.pulls[pull - 1]!.kept)).hear(said, state.now);
  await look(state, pull);
}

export function remark(state: State, author: Person | null, body: string): Remark {
  const by =
    author === null
      ? { author: null, ours: true }
      : { author: { ...account(author), human: true }, ours: false };
  return { id: state.nextId++, ...by, body, createdAt: state.now, edited: false };
}

/** What the Approve button of the present verdict comes back with. */
export function buttonOf(pull: Pull): string {
  return approveIdentifier(
    headOf(pull),
    blockingOf(pull).map(({ fingerprint }) => fingerprint),
  );
}

function answer(state: State, question: Question): Fact {
  if (question.kind === "team") return state.members.some((member) => member === question.login);
  if (question.kind === "contributors") {
    return state.pulls[question.pull - 1]!.contributors.map((login) => `#${people[login]}`);
  }
  return null;
}

/** The synchronous storage of an object, over a map. */
function storage(map: Map<string, unknown>): SyncKvStorage {
  return {
    get: (name: string) => map.get(name),
    put: (name: string, value: unknown) => void map.set(name, value),
    delete: (name: string) => map.delete(name),
    list: ({ prefix = "" }: { prefix?: string } = {}) =>
      [...map].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
  } as unknown as SyncKvStorage;
}
