/**
 * `node test/bench/mutations.ts [part of a name…]`: plants mistakes in the comparison, one at a time, in a copy, and holds
 * the property tests to finding each of them. A test that finds nothing proves nothing.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

interface Mutation {
  readonly name: string;
  /** Below `src/traffic`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const mutation = (name: string, file: string, from: string, to: string): Mutation => ({
  name,
  file,
  from,
  to,
});

const mutations: readonly Mutation[] = [
  mutation(
    "routes pair by their matches alone",
    "effective/translate-http.ts",
    "sameJson(this.match, other.match) && this.entry.isWrittenLike(other.entry)",
    "sameJson(this.match, other.match)",
  ),
  mutation(
    "routes pair by their entries alone",
    "effective/translate-http.ts",
    "sameJson(this.match, other.match) && this.entry.isWrittenLike(other.entry)",
    "this.entry.isWrittenLike(other.entry)",
  ),
  mutation("a{2} reads one a less", "engine/nondeterministic.ts", "i < least; i++", "i + 1 < least; i++"),
  mutation(
    "\\b holds inside words",
    "engine/nondeterministic.ts",
    '(before === "word") !== (after === "word")',
    '(before === "word") === (after === "word")',
  ),
  mutation(
    "every accepting state is universal",
    "engine/regex-automaton.ts",
    "this.reaching(0).map((reached) => 1 - reached)",
    "this.accepting",
  ),
  mutation(
    "a set loses its last character",
    "engine/character-partition.ts",
    "boundaries[interval]! <= set[i + 1]!",
    "boundaries[interval]! < set[i + 1]!",
  ),
  mutation("k has no third case", "engine/case-folding.ts", "if (lower === 0x6b) pair.push(0x212a);", ""),
  mutation(
    "[^a] is [a]",
    "engine/regex-class.ts",
    "return negatedIf(negated, codePoints(pairs));",
    "return codePoints(pairs);",
  ),
  mutation("the text start is no matter", "engine/regex.ts", "if (rest.some(looksBehind))", "if (false)"),
  mutation(
    "case is ignored when nobody asked",
    "engine/string-predicate.ts",
    '? "-any-case" : ""',
    '? "" : ""',
  ),
  mutation(
    "regions share what was found",
    "engine/string-cells.ts",
    "if (literal.prefix.length === 0) return outer;",
    "return outer;",
  ),
  mutation(
    "automata below are forgotten",
    "engine/string-cells.ts",
    "region.view.isSettled(state) && !this.trie.hasAutomata(span)",
    "region.view.isSettled(state)",
  ),
  mutation(
    "exact literals count as prefixes",
    "engine/string-cells.ts",
    "if (first.prefix.length > 0) continue;",
    "continue;",
  ),
  mutation(
    "what is still needed is pruned",
    "engine/relevance.ts",
    "position > cut[list]!",
    "position >= cut[list]! - 1",
  ),
  mutation(
    "the cut of one list counts for both",
    "engine/relevance.ts",
    "relevance.first.every(",
    "relevance.first.some(",
  ),
  mutation(
    "the domain does not matter",
    "engine/automaton-product.ts",
    "if (state.domain >= 0 && !this.domain!.accepts(state.domain)) return null;",
    "",
  ),
  mutation(
    "a missing header satisfies what it should not be",
    "engine/dimension.ts",
    "every(({ predicate }) => !holds(predicate))",
    "every(({ predicate }) => holds(predicate))",
  ),
  mutation(
    "two predicates on one header: one is enough",
    "engine/dimension.ts",
    "literals.every(({ predicate, negated }) => negated !== holds.has(predicate))",
    "literals.some(({ predicate, negated }) => negated !== holds.has(predicate))",
  ),
  mutation(
    "a prefix meets only what it begins with",
    "engine/string-space.ts",
    "x.startsWith(y) || y.startsWith(x);\n  }\n\n  private regexes",
    "y.startsWith(x);\n  }\n\n  private regexes",
  ),
  mutation(
    "equal heads are equal lists",
    "engine/walk.ts",
    "for (const residual of list) {\n      const rule",
    "for (const residual of list.slice(0, 2)) {\n      const rule",
  ),
  mutation(
    "a rule loses two conditions at once",
    "engine/walk.ts",
    "residual - (1 << constraint)",
    "residual - (openConstraints(residual) & (3 << constraint))",
  ),
  mutation(
    "lists are not put back in order",
    "engine/walk.ts",
    "[free, ...runs].flat().sort((a, b) => a - b)",
    "[free, ...runs].flat()",
  ),
  mutation(
    "neighbours of removed rules are left out",
    "engine/difference.ts",
    "new Set([...base, ...head].filter((rule) => !common.has(rule)))",
    "new Set(head.filter((rule) => !common.has(rule)))",
  ),
  mutation(
    "the search stops at any order",
    "engine/difference.ts",
    "if (!sameOrder(base, head, inBase, inHead)) return false;",
    "",
  ),
  mutation(
    "the search forgets rules that come first",
    "engine/difference.ts",
    "!precede(base, inHead, (earlier, common) => this.isOpen(earlier, common)) &&",
    "",
  ),
  mutation(
    "guesses leave out common rules",
    "engine/difference.ts",
    "(common.has(a) && common.has(b))",
    "(common.has(a) || common.has(b))",
  ),
  mutation(
    "swapped rules count as in order",
    "engine/alignment.ts",
    "if (values[tails[middle]!]! < value) low = middle + 1;",
    "if (values[tails[middle]!]! !== value) low = middle + 1;",
  ),
  mutation(
    "ignoreUriCase is ignored",
    "engine/constraints.ts",
    "return { kind: test.kind, text, ignoreCase };",
    "return { kind: test.kind, text, ignoreCase: false };",
  ),
  mutation(
    "withoutHeaders is headers",
    "engine/constraints.ts",
    "negated: condition.negated",
    "negated: false",
  ),
  mutation(
    "routes are known by their matches",
    "classes/rule-lists.ts",
    "(twins.get(route) ?? route.written)",
    "(twins.get(route) ?? JSON.stringify(route.conditions))",
  ),
  mutation(
    "callers in unnamed namespaces are forgotten",
    "classes/static-proxies.ts",
    "[null, ...namespaces].map",
    "[...namespaces].map",
  ),
  mutation(
    "callers without a label are forgotten",
    "classes/static-proxies.ts",
    "      proxy,\n      ...values.map",
    "      ...values.map",
  ),
  mutation(
    "hosts answer for wildcards above them",
    "classes/changed-classes.ts",
    "isSubsetOf(host, context.host)",
    "isSubsetOf(context.host, host)",
  ),
  mutation(
    "nothing below a gateway's 404",
    "classes/sides.ts",
    'if (gateway !== "mesh") return notFound;',
    'if (gateway !== "mesh") return passthrough;',
  ),
];

const root = join(import.meta.dirname, "../..");

/** A copy of what the property tests need; packages are shared. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-mutations-"));
  for (const part of ["src", "test/traffic", "test/property"]) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Whether the property tests pass: true is bad news. */
function survives(folder: string): boolean {
  const tests = ["exact", "walk", "cells", "regex"].map((name) => `test/property/traffic-${name}.test.ts`);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  // A busy machine is no mistake found: only a failed assertion is.
  const patience = "--testTimeout=3600000";
  const args = [vitest, "run", "--root", folder, "--bail", "1", "--reporter", "dot", patience, ...tests];
  return spawnSync(process.execPath, args, { cwd: folder, stdio: "ignore" }).status === 0;
}

/** Rare mistakes need more than one throw of the dice. */
const tries = 4;

/** A mistake whose place has been rewritten since proves nothing: better to hear of it before the first of them is run. */
function mustApply({ name, file, from }: Mutation): void {
  const text = readFileSync(join(root, "src/traffic", file), "utf8");
  if (text.split(from).length !== 2) throw new Error(`${name}: ${file} does not hold its text once`);
}

function main(wanted: readonly string[]): number {
  mutations.forEach(mustApply);
  const folder = copy();
  const survivors: string[] = [];
  try {
    if (!survives(folder)) throw new Error("the property tests fail without any mistake");
    const chosen = mutations.filter(
      ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
    );
    for (const { name, file, from, to } of chosen) {
      const path = join(folder, "src/traffic", file);
      const text = readFileSync(path, "utf8");
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
      let alive = true;
      for (let i = 0; alive && i < tries; i++) alive = survives(folder);
      writeFileSync(path, text);
      console.log(`${alive ? "SURVIVED" : "found   "}  ${name}`);
      if (alive) survivors.push(name);
    }
    console.log(`${chosen.length - survivors.length} of ${chosen.length} mistakes found`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return survivors.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
