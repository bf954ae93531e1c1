import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Project, Push } from "./project.ts";

type Texts = Readonly<Record<string, string>>;

/** A commit somebody makes next: texts to replace in the files of `main`. */
interface Step {
  readonly message: string;
  readonly edits: Readonly<Record<string, readonly (readonly [before: string, after: string])[]>>;
}

const product = "shop/product.yaml";
const sidecar = "shop/sidecar.yaml";

/** What the author tries one after the other, each showing another verdict. */
const steps: readonly Step[] = [
  {
    message: "Take a smaller step, 10 → 25 %; keep the timeout and the narrow sidecar",
    edits: {
      [product]: [
        ["weight: 90", "weight: 75"],
        ["weight: 10", "weight: 25"],
      ],
      [sidecar]: [],
    },
  },
  {
    message: "Send everybody back to stable",
    edits: {
      [product]: [
        ["weight: 10", "weight: 0"],
        ["weight: 90", "weight: 100"],
      ],
    },
  },
  {
    message: "Break the indentation, as happens at night",
    edits: { [product]: [["          weight: 10", "        weight: 10"]] },
  },
  {
    message: "Write the weights as 9 and 1, with a comment",
    edits: {
      [product]: [
        ["weight: 90", "weight: 9 # of ten"],
        ["weight: 10", "weight: 1"],
      ],
    },
  },
];

const moveBase: Step = {
  message: "Require TLS 1.3 at the edge",
  edits: { "shop/edge.yaml": [["TLSV1_2", "TLSV1_3"]] },
};

/** The shop's mesh, the organisation's policy, and a pull request that goes too far. */
export function sampleProject(): Project {
  const base = filesIn("base");
  const head = filesIn("head");
  const commits = [
    ...steps.map((step) => ({ message: step.message, files: edited(base, step) })),
    { message: "Give the canary most of the traffic, once more", files: head },
  ];
  let pushed = 0;
  let baseMoved = false;

  return {
    repositories: [
      { name: "mesh", files: base, roles: { alice: "write", bob: "write", carol: "admin" } },
      { name: ".github", files: filesIn("policy") },
    ],
    people: ["alice", "bob", "carol"],
    async open(github) {
      const repo = github.repository("acme/mesh");
      const title = "Give the canary most of the traffic";
      await repo.commit("canary-60", head, { author: "alice", message: title });
      const body = "The canary has looked fine since Monday, so this moves it from 10 to 60 %.";
      return github.openPullRequest({ repo, head: "canary-60", author: "alice", title, body });
    },
    head(): Push | null {
      const next = commits[pushed % commits.length];
      if (next === undefined) return null;
      return {
        label: "Push next commit",
        explanation: next.message,
        async push(github, { repository, headRef }) {
          await github.push({ repo: repository, branch: headRef, ...next, by: "alice" });
          pushed += 1;
          return null;
        },
      };
    },
    base(): Push | null {
      if (baseMoved) return null;
      return {
        label: "Move main",
        explanation: `Carol merges: ${moveBase.message}`,
        async push(github, { repository, baseRef }) {
          baseMoved = true;
          const { message } = moveBase;
          await github.push({
            repo: repository,
            branch: baseRef,
            files: edited(base, moveBase),
            message,
            by: "carol",
          });
          return null;
        },
      };
    },
  };
}

/** The files a step touches, as they are after it. */
function edited(base: Texts, { edits }: Step): Texts {
  return Object.fromEntries(
    Object.entries(edits).map(([path, replacements]) => [
      path,
      replacements.reduce((text, [before, after]) => {
        if (!text.includes(before)) throw new Error(`the sample's ${path} has no "${before}"`);
        return text.replace(before, after);
      }, base[path] ?? ""),
    ]),
  );
}

function filesIn(folder: string): Texts {
  const root = join(import.meta.dirname, "sample", folder);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(root, path).replaceAll("\\", "/"), readFileSync(path, "utf8")];
    }),
  );
}
