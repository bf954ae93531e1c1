import type { Snapshot } from "./evaluation.ts";
import { fileElsewhere } from "./manifest/elsewhere.ts";
import { readRepository } from "./manifest/kustomize/repository.ts";
import { isManifestPath } from "./manifest/paths.ts";
import type { Elsewhere, ManifestFile, Problem } from "./manifest/source.ts";
import type { Mesh } from "./mesh/object.ts";
import type { NotEvaluated } from "./policy/decide.ts";
import type { EffectivePolicy } from "./policy/effective.ts";

/** A repository that completes the mesh, as its default branch has it. */
export interface InventoryState extends Elsewhere {
  readonly files: Snapshot;
  /** Paths of files that are there and could not be read. */
  readonly unread: ReadonlySet<string>;
}

/** What became of reading a repository that policy names: its state, or why there is none. */
export type Inventory =
  | InventoryState
  | {
      readonly repository: string;
      /** `own`: it is the judged repository itself, and needs no reading. */
      readonly kind: "own" | keyof typeof obstacles;
    };

/** Why a repository could not be read, and what else can be done than to name it no more. */
const obstacles = {
  hidden: {
    reason: "there is no such repository, or Sluice is not installed on it",
    remedy: (repository: string) => `install the app on ${repository}, or `,
  },
  foreign: {
    reason: "it belongs neither to this repository's account nor to that of the policy",
    remedy: () => "",
  },
  cut: {
    reason: "it has more entries than GitHub lists (100,000 entries or 7 MB)",
    remedy: () => "divide it, or ",
  },
} as const;

const read = new WeakMap<InventoryState, readonly ManifestFile[]>();

/** What the other repositories apply, read and built once. */
export function inventoryFiles(inventory: readonly Inventory[]): readonly ManifestFile[] {
  return statesOf(inventory).flatMap((state) => {
    const known = read.get(state);
    if (known) return known;
    const { repository, commit, files, unread } = state;
    const applied = [...readRepository(files, { unread }).files, ...withoutText(unread)].map((file) =>
      fileElsewhere(file, { repository, commit }),
    );
    read.set(state, applied);
    return applied;
  });
}

/** Files whose objects nobody can see. */
function withoutText(unread: ReadonlySet<string>): ManifestFile[] {
  return [...unread].filter(isManifestPath).map((path) => {
    const range = { file: path, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return { path, documents: [], problems: [], notRendered: { reason: "it could not be read", range } };
  });
}

/** The repositories that were read, each at its commit. */
export function statesOf(inventory: readonly Inventory[]): InventoryState[] {
  return inventory.filter((one) => "files" in one);
}

/**
 * Repositories that policy names and whose objects nobody saw. A check never passes because something could not be read;
 * only a command line, which reads what it is given, goes on without.
 */
export function missingInventory(inventory: readonly Inventory[], policy: EffectivePolicy): NotEvaluated[] {
  return policy.inventory.flatMap(({ repository, source }) => {
    const found = inventory.find((one) => isSameName(one.repository, repository));
    if (found === undefined) return [notGiven(repository)];
    if ("files" in found || found.kind === "own") return [];
    const { reason, remedy } = obstacles[found.kind];
    return [
      {
        file: repository,
        reason: `policy counts it as part of the mesh, and ${reason}`,
        fix: `${remedy(repository)}remove it from inventory (${source})`,
        blocks: true,
      },
    ];
  });
}

function notGiven(repository: string): NotEvaluated {
  return {
    file: repository,
    reason: "policy counts it as part of the mesh, and it was not at hand",
    fix: `give a checkout of it: --inventory ${repository}=FOLDER`,
    blocks: false,
  };
}

/** Names of accounts and repositories are one whatever their case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What people should know of the other repositories: files that hide what they hold, and objects that do not count. */
export function inventoryNotices(
  inventory: readonly Inventory[],
  mesh: Mesh,
  touched: ReadonlySet<string>,
): Problem[] {
  return [...statesOf(inventory).flatMap(hiddenFiles), ...outrankedBy(mesh, touched)];
}

function hiddenFiles(state: InventoryState): Problem[] {
  const hidden = inventoryFiles([state]).flatMap(({ notRendered }) => notRendered ?? []);
  const [first] = hidden;
  if (!first) return [];
  const others = hidden.length - 1;
  const more = others === 0 ? "" : `, and so ${others === 1 ? "does" : "do"} ${others} more`;
  const message = `this file of ${state.repository} hides what it holds: ${first.reason}${more}`;
  return [{ code: "inventory-hidden", message, range: first.range }];
}

function outrankedBy({ outranked }: Mesh, touched: ReadonlySet<string>): Problem[] {
  return outranked
    .filter(({ object }) => touched.has(object.id))
    .map(({ object, by }) => ({
      code: "inventory-outranked",
      message: `${object.id} is defined here too; what ${by ?? "this repository"} says of it counts`,
      range: object.locate(["metadata", "name"]),
      fix: "keep one of them",
    }));
}
