import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Evaluation, evaluate } from "../../src/evaluation.ts";
import { type Inventory, inventoryFiles } from "../../src/inventory.ts";
import { readRepository } from "../../src/manifest/kustomize/repository.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";

type Texts = ReadonlyMap<string, string>;

const cases = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(import.meta.dirname, name)).map((one) => `${name}/${one}`));

/** Versions of one object are alternatives only within one repository: else the own one outranks the others. */
function hasAlternatives(own: Texts, shared: Inventory): boolean {
  return buildMesh([...readRepository(own).files, ...inventoryFiles([shared])]).outranked.length > 0;
}

/** The documents of a state, each in a file of its own. */
function documents(folder: string): Texts {
  const paths = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  return new Map(
    paths
      .filter((path) => path.endsWith(".yaml"))
      .sort()
      .flatMap((path) =>
        readFileSync(join(folder, path), "utf8")
          .split(/^---\n/m)
          .map((text, index): [string, string] => [path.replace(".yaml", `-${index}.yaml`), text]),
      ),
  );
}

function verdict({ decision, evidence }: Evaluation): unknown {
  const { shifts } = evidence.traffic;
  return {
    conclusion: decision.conclusion,
    shifts: shifts.map(({ object, points, certainty }) => `${object} ${points} ${certainty}`).sort(),
    findings: evidence.findings
      .filter(({ state }) => state !== "existing")
      .map((found) =>
        [found.rule, found.state, found.severity, found.certainty, found.object, found.message].join(" "),
      )
      .sort(),
  };
}

it("what a change leaves alone may as well stand in another repository", () => {
  let moved = 0;
  for (const name of cases) {
    const folder = join(import.meta.dirname, name);
    const path = join(folder, "policy.yaml");
    const absent = { kind: "absent", source: "policy.yaml" } as const;
    const organisation = existsSync(path)
      ? ({ kind: "file", source: "policy.yaml", commit: null, text: readFileSync(path, "utf8") } as const)
      : absent;
    const policy = effectivePolicy(policyLayers(organisation, absent), "enforce");
    const [base, head] = [documents(join(folder, "base")), documents(join(folder, "head"))];
    const files = new Map([...base].filter(([file, text]) => head.get(file) === text));
    if (files.size === 0) continue;
    const own = (texts: Texts) => new Map([...texts].filter(([file]) => !files.has(file)));
    const occasion = { now: Date.parse("2026-11-22T12:00:00Z") };
    const shared = { repository: "acme/mesh-shared", commit: null, files, unread: new Set<string>() };
    if ([base, head].some((texts) => hasAlternatives(own(texts), shared))) continue;
    moved += 1;
    const parted = { base: own(base), head: own(head), unreadable: [], inventory: [shared] };
    expect(verdict(evaluate(parted, policy, occasion)), name).toEqual(
      verdict(evaluate({ base, head, unreadable: [] }, policy, occasion)),
    );
  }
  expect(moved).toBeGreaterThan(100);
});
