import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => join("src", path))
  .sort();

/** Rooms from left to right: a room imports itself and what stands to its left. */
const order = ["manifest", "mesh", "traffic", "rules", "policy", "report"];
const pure = new Set([...order, "event"]);
const pureLibraries =
  /^(zod|yaml|js-yaml|re2js|picomatch\/posix\.js|@marcbachmann\/cel-js|@noble\/hashes(\/.*)?)$/;
/** WebCrypto is the one way to verify an HMAC in constant time in workerd: same bytes in, same answer out. */
const signature = "src/event/verify.ts";
/** Files of the story itself, between the pure rooms and those that act. */
const story = [
  "src/evaluation.ts",
  "src/merge-result.ts",
  "src/unevaluated.ts",
  "src/reach.ts",
  "src/read-past.ts",
  "src/read-policy.ts",
  "src/policy-cases.ts",
  "src/policy-proposal.ts",
  "src/inventory.ts",
  "src/read-inventory.ts",
  "src/read-texts.ts",
  "src/blobs.ts",
  "src/read-change.ts",
  "src/petitions.ts",
  "src/settlement.ts",
  "src/simulate.ts",
  "src/merge-group.ts",
  "src/report-commands.ts",
  "src/suggestion.ts",
  "src/gate.ts",
];
/** What of github/ the pure and the story may see, as types or numbers. */
const githubForAll = ["src/github/port.ts", "src/github/limits.ts"];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  return [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)";|^import\s+"([^"]+)";/gms),
  ].map(([, type, named, bare]) => {
    const target = (named ?? bare)!;
    const to = target.startsWith(".") ? relative(root, normalize(join(root, dirname(from), target))) : target;
    return { from, to, typeOnly: type !== undefined };
  });
});

const room = (path: string) => path.split("/")[1] ?? "";
const isSource = (path: string) => path.startsWith("src/");

describe("the dependency arrows of the house", () => {
  it("reads the imports of every room", () => {
    expect(new Set(imports.map(({ from }) => room(from))).size).toBeGreaterThan(8);
  });

  it.each(order)("%s imports only rooms to its left", (name) => {
    const allowed = new Set(order.slice(0, order.indexOf(name) + 1));
    const wrong = imports.filter(
      ({ from, to }) =>
        room(from) === name && isSource(to) && !allowed.has(room(to)) && !reportSees(from, to),
    );
    expect(wrong).toEqual([]);
  });

  it("pure rooms import pure libraries alone", () => {
    const wrong = imports.filter(
      ({ from, to }) => pure.has(room(from)) && !isSource(to) && !pureLibraries.test(to),
    );
    expect(wrong).toEqual([]);
  });

  it("pure rooms and the story have no clock, no chance and no network", () => {
    const forbidden =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.|\bfetch\(|\bsetTimeout\(|\bprocess\./;
    const wrong = files.filter(
      (path) =>
        (pure.has(room(path)) || story.includes(path)) &&
        path !== signature &&
        forbidden.test(withoutComments(path)),
    );
    expect(wrong).toEqual([]);
  });

  it("only github/ speaks HTTP to GitHub", () => {
    const network = /\bfetch\(|from "@octokit\/|from "node:https?"/;
    const wrong = files.filter((path) => room(path) !== "github" && network.test(withoutComments(path)));
    expect(wrong).toEqual([]);
  });

  it("the story sees GitHub through its port, and nothing that acts", () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        story.includes(from) &&
        isSource(to) &&
        !pure.has(room(to)) &&
        !story.includes(to) &&
        !githubForAll.includes(to),
    );
    expect(wrong).toEqual([]);
  });

  it("the client of GitHub is built in durable and web alone", () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        to.startsWith("src/github/") &&
        !githubForAll.includes(to) &&
        !["github", "durable", "web", "worker.ts", "environment.ts"].includes(room(from)),
    );
    expect(wrong).toEqual([]);
  });

  it("nobody imports the Worker's doors or the command line", () => {
    const wrong = imports.filter(
      ({ from, to }) => to === "src/worker.ts" || (to.startsWith("src/cli/") && room(from) !== "cli"),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the size of things", () => {
  it("no file passes 250 lines", () => {
    const long = files
      .filter((path) => !path.endsWith(".generated.ts"))
      .map((path) => ({ path, lines: readFileSync(join(root, path), "utf8").split("\n").length }))
      .filter(({ lines }) => lines > 251);
    expect(long).toEqual([]);
  });

  it("there is no dumping ground", () => {
    expect(files.filter((path) => /\/(utils?|helpers?|common|types|misc)(\/|\.ts)/.test(path))).toEqual([]);
  });
});

/** The report renders what the story found, for GitHub's limits: it sees their types and numbers. */
function reportSees(from: string, to: string): boolean {
  const results = [...githubForAll, "src/evaluation.ts", "src/policy-proposal.ts", "src/suggestion.ts"];
  return room(from) === "report" && results.includes(to);
}

function withoutComments(path: string): string {
  return readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

it("reviews are comments: Sluice neither approves nor requests changes", () => {
  const verdicts = /\bAPPROVE\b|REQUEST_CHANGES/;
  expect(files.filter((path) => verdicts.test(withoutComments(path)))).toEqual([]);
});
