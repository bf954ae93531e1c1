import { readRepository } from "../manifest/kustomize/repository.ts";
import type { Problem } from "../manifest/source.ts";
import { type Admit, admit } from "../mesh/admit.ts";
import { buildMesh } from "../mesh/build.ts";
import type { Mesh } from "../mesh/object.ts";
import type { MeshSettings } from "../mesh/settings.ts";
import { worlds } from "../mesh/worlds.ts";

/** A mesh to route in, and why its answers may not be those of the cluster. */
export interface RoutingMesh {
  readonly mesh: Mesh;
  /** One line each: what is wrong with the manifests, and where. */
  readonly doubts: readonly string[];
}

/** Without these an object cannot be read at all. */
const unreadable = ["wrong-type", "unknown-type", "unserved-version", "required"];

/**
 * The mesh of these manifests. An object that the API server would refuse for a value or an unknown field takes part all
 * the same: whoever asks where a request would go wants to know before it is applied, and is told what is wrong with it.
 */
export function routingMesh(
  files: readonly { readonly path: string; readonly text: string }[],
  settings: MeshSettings,
): RoutingMesh {
  const tolerated: Problem[] = [];
  const tolerant: Admit = (object, list) => {
    const problems = admit(object, list);
    if (problems.some(({ code }) => unreadable.includes(code))) return problems;
    tolerated.push(...problems);
    return [];
  };
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const { files: read } = readRepository(texts, { only: () => true });
  const mesh = buildMesh(read, { settings, admit: tolerant });
  const problems = [...mesh.problems, ...mesh.refused.flatMap((refused) => refused.problems), ...tolerated];
  const doubts = [
    ...problems.filter(({ strictOnly }) => !strictOnly),
    ...mesh.notRendered.map(({ reason, range }) => ({ message: `not rendered: ${reason}`, range })),
  ];
  const places = doubts.map(({ message, range }) => `${range.file}:${range.line}: ${message}`);
  const [world, ...others] = worlds(mesh);
  if (others.length === 0) return { mesh: world?.mesh ?? mesh, doubts: places };
  const names = [world, ...others].map((item) => item?.name || ".").join(", ");
  const divided = `several versions of the same objects (${names}): answered for the first, name the folder of one`;
  return { mesh: world?.mesh ?? mesh, doubts: [...places, divided] };
}
