import { readManifests } from "../manifest/read.ts";
import { admit } from "../mesh/admit.ts";
import { buildMesh } from "../mesh/build.ts";
import type { Mesh } from "../mesh/object.ts";
import type { MeshSettings } from "../mesh/settings.ts";

/** The mesh of these manifests. Unknown fields do not keep an object out: they are pruned, the rest of it routes. */
export function meshForRouting(
  files: readonly { readonly path: string; readonly text: string }[],
  settings: MeshSettings,
): Mesh {
  return buildMesh(
    files.map(({ path, text }) => readManifests(path, text)),
    {
      settings,
      admit: (object, list) => admit(object, list).filter(({ code }) => code !== "unknown-field"),
    },
  );
}

/** What may make an answer wrong: objects that could not be read, files that a renderer has to fill in first. */
export function doubtsOf(mesh: Mesh): string[] {
  return [
    ...mesh.problems
      .filter(({ strictOnly }) => !strictOnly)
      .map(({ message, range }) => `${range.file}:${range.line}: ${message}`),
    ...mesh.notRendered.map(({ reason, range }) => `${range.file}:${range.line}: not rendered: ${reason}`),
  ];
}
