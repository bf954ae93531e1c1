import type { Blobs, Entries } from "./blobs.ts";
import type { Snapshot } from "./evaluation.ts";
import { generatorFiles } from "./manifest/kustomize/application-set.ts";
import { isKustomizationPath } from "./manifest/kustomize/paths.ts";
import { kustomizationInputs } from "./manifest/kustomize/repository.ts";
import { mattersToMesh } from "./manifest/mention.ts";
import { isManifestPath } from "./manifest/paths.ts";

/** The texts of one state of a repository that can matter to the mesh. */
export interface Texts {
  readonly files: Snapshot;
  /** Paths that kustomizations name and that are there without a text: links, other repositories, what is too large or no text. */
  readonly unread: ReadonlySet<string>;
}

const everything = () => true;

/** Reads whatever can matter to the mesh in some states of one repository: manifests, and what kustomizations name. */
export async function readTexts(states: readonly Entries[], blobs: Blobs): Promise<Texts[]> {
  const entriesAt = (isWanted: (path: string) => boolean) =>
    states.flatMap((entries) => [...entries.values()].filter(({ path }) => isWanted(path)));
  await blobs.read(entriesAt(isKustomizationPath), everything, true);
  const inputs = states.map((entries) =>
    kustomizationInputs(blobs.of(entries, [...entries.keys()].filter(isKustomizationPath))),
  );
  const named = inputs.reduce((all, paths) => all.union(paths), new Set<string>());
  await blobs.read(
    entriesAt((path) => named.has(path)),
    everything,
    true,
  );
  await blobs.read(entriesAt(isManifestPath), mattersToMesh);
  const generating = states.flatMap((entries) =>
    generatorFiles(blobs.of(entries, entries.keys()), [...entries.keys()]),
  );
  const parameters = new Set(generating);
  await blobs.read(
    entriesAt((path) => parameters.has(path)),
    everything,
    true,
  );
  return states.map((entries, index) => textsOf(entries, inputs[index]!, blobs));
}

/** What was read of a state whose kustomizations name `inputs`. */
export function textsOf(entries: Entries, inputs: ReadonlySet<string>, blobs: Blobs): Texts {
  const paths = [...entries.keys()].filter((path) => isManifestPath(path) || inputs.has(path));
  const unread = [...inputs].filter((path) => {
    const entry = entries.get(path);
    return entry !== undefined && !(entry.kind === "file" && blobs.texts.has(entry.sha));
  });
  return { files: blobs.of(entries, paths), unread: new Set(unread) };
}
