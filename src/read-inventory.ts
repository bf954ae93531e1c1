import { Blobs, isReadable } from "./blobs.ts";
import { concernsMesh, type ProposedChange } from "./evaluation.ts";
import type { GitHub, RepositoryName, TreeEntry } from "./github/port.ts";
import type { Inventory } from "./inventory.ts";
import { isManifestPath } from "./manifest/paths.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import { readTexts } from "./read-texts.ts";

/** Reads the repositories that complete the mesh; none where the change is no business of the mesh. */
export async function readInventory(
  github: GitHub,
  change: ProposedChange,
  { inventory }: EffectivePolicy,
): Promise<Inventory[]> {
  if (inventory.length === 0 || !concernsMesh(change)) return [];
  return Promise.all(inventory.map(({ repository }) => readRepositoryOf(github, repository)));
}

async function readRepositoryOf(github: GitHub, repository: string): Promise<Inventory> {
  const found = await github.inventory(namedBy(repository));
  if (typeof found === "string") return { repository, kind: found };
  const { commit } = found;
  if (commit === null) return { repository, commit, files: new Map(), unread: new Set() };
  const { entries, complete } = await found.tree(commit);
  if (!complete) return { repository, kind: "cut" };
  const blobs = new Blobs(found);
  const [texts] = await readTexts([new Map(entries.map((entry) => [entry.path, entry]))], blobs);
  const unread = entries.filter((entry) => isManifestPath(entry.path) && hasNoText(entry, blobs));
  return {
    repository,
    commit,
    files: texts!.files,
    unread: texts!.unread.union(new Set(unread.map(({ path }) => path))),
  };
}

function hasNoText(entry: TreeEntry, { failures }: Blobs): boolean {
  return entry.kind === "file" && (!isReadable(entry) || failures.has(entry.sha));
}

function namedBy(repository: string): RepositoryName {
  const [owner = "", name = ""] = repository.split("/");
  return { owner, name };
}
