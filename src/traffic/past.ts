import { BuiltDocument } from "../manifest/kustomize/built-document.ts";
import { isKustomizationPath } from "../manifest/kustomize/paths.ts";
import type { ManifestFile } from "../manifest/source.ts";
import { buildMesh } from "../mesh/build.ts";
import type { VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { worldOf } from "../mesh/worlds.ts";
import type { Destination, RequestExample, Shift } from "./change.ts";
import type { ActionLeg } from "./effective/action.ts";
import { routeContexts } from "./effective/contexts.ts";
import { requestMatches, requestView } from "./effective/proxy/request-match.ts";
import { routesFor } from "./effective/proxy-routes.ts";

/** A file as the default branch had it once. */
export interface PastVersion {
  readonly text: string;
  /** When that version came to the default branch, in milliseconds since 1970. */
  readonly at: number;
}

/** What is known of the past, by path: versions of the file on the default branch, newest first. */
export type Past = ReadonlyMap<string, readonly PastVersion[]>;

/** Who answered the requests of a class at one time. */
interface PastAnswer {
  readonly at: number;
  readonly legs: readonly ActionLeg[];
}

/** What is read and built of a repository where some files have another text; null for a file that is not there. */
export type Rebuilt = (texts: ReadonlyMap<string, string | null>) => readonly ManifestFile[];

/** Files whose past decides how the shifts are to be judged: where the routes stand that answer before the change. */
export function filesWithPast(shifts: readonly Shift[], base: Mesh): string[] {
  const files = shifts.flatMap((shift) =>
    shift.kind === "step" && shift.protocol === "http" ? filesOf(shift, base) : [],
  );
  return [...new Set(files)].sort();
}

/**
 * Where the route and its weights stand, for a patch may state the one and not the other; and the kustomization that says
 * which patches there are.
 */
function filesOf(shift: Shift, base: Mesh): string[] {
  const before = shift.base;
  if (!before?.range) return [];
  const document = answering(shift, base)?.document;
  // The past of another repository is not at hand.
  const ranges = [before.range, ...before.legRanges].filter(({ elsewhere }) => !elsewhere);
  const places = ranges.map(({ file }) => file);
  return [...new Set(document instanceof BuiltDocument ? [...places, document.file] : places)];
}

/**
 * The stable destination as the past proves it: who held all requests of the class in the newest earlier state
 * (semantics.md "Stable destination"); null where the past shows none.
 */
export function provenDestination(
  shift: Shift,
  base: Mesh,
  past: Past,
  rebuilt: Rebuilt,
): Destination | null {
  for (const { legs } of pastAnswers(shift, base, past, rebuilt)) {
    const [only] = legs;
    if (legs.length === 1 && only) return only.destination;
  }
  return null;
}

/**
 * When the shares of a class last changed on the default branch, in milliseconds since 1970; null: not in sight. The oldest
 * state that can be seen counts as a change: a file that was moved or taken apart hides what was before.
 */
export function lastStepAt(shift: Shift, base: Mesh, past: Past, rebuilt: Rebuilt): number | null {
  const answers = [...pastAnswers(shift, base, past, rebuilt)];
  const last = answers.find(({ legs }, index) => {
    const before = answers[index + 1];
    return before === undefined || !sameLegs(legs, before.legs);
  });
  return last?.at ?? null;
}

/** The object that answered on base: of the shift's own overlay, where several have it. */
function answering({ base: before, scopes }: Shift, base: Mesh) {
  const versions = base.virtualServices.filter(({ id }) => id === before?.object);
  return versions.find(({ scope }) => scopes.includes(scope)) ?? versions[0];
}

/** One state after the other, newest first; a state that cannot be read says nothing. */
function* pastAnswers(shift: Shift, base: Mesh, past: Past, rebuilt: Rebuilt): Generator<PastAnswer> {
  const object = answering(shift, base);
  if (!object || !shift.example || shift.protocol !== "http") return;
  const world = worldOf(base, object);
  for (const { texts, at } of pastStates(filesOf(shift, base), past)) {
    const mesh = withPastFiles(world, texts, rebuilt);
    if (mesh) yield { at, legs: legsFor(mesh, shift, shift.example, object.namespace) };
  }
}

/**
 * The texts of some files after each change of one of them, newest first; none where the past of one is not known. A
 * kustomization changes so often, with every image, that its past may not reach back: before, it is as its oldest version.
 */
function* pastStates(files: readonly string[], past: Past) {
  if (!files.every((file) => past.has(file))) return;
  const eldest = (file: string) =>
    isKustomizationPath(file) ? (past.get(file)?.at(-1)?.text ?? null) : null;
  const versions = new Map(files.map((file) => [file, past.get(file) ?? []]));
  for (let at = latestOf(versions); at !== null; at = latestOf(versions)) {
    const texts = new Map([...versions].map(([file, [newest]]) => [file, newest?.text ?? eldest(file)]));
    yield { at, texts };
    // What came together was never to be seen apart.
    for (const [file, [newest, ...older]] of versions) if (newest?.at === at) versions.set(file, older);
  }
}

function latestOf(versions: ReadonlyMap<string, readonly PastVersion[]>): number | null {
  const newest = [...versions.values()].flatMap(([version]) => version?.at ?? []);
  return newest.length > 0 ? Math.max(...newest) : null;
}

/** The mesh with some files as they were: their VirtualServices replaced, or gone where they did not exist yet. */
function withPastFiles(mesh: Mesh, texts: ReadonlyMap<string, string | null>, rebuilt: Rebuilt): Mesh | null {
  const files = rebuilt(texts);
  if (files.some(({ problems, applied }) => problems.length > 0 || applied?.missing.length)) return null;
  const paths = new Set([...texts.keys(), ...files.map(({ path }) => path)]);
  const scopes = new Set(files.map(({ applied }) => applied?.scope));
  const before = new Map(
    buildMesh(files, { settings: mesh.settings }).virtualServices.map((object) => [placeOf(object), object]),
  );
  return {
    ...mesh,
    virtualServices: mesh.virtualServices.flatMap((now) => {
      const { document, scope } = now;
      if (!(document instanceof BuiltDocument ? scopes.has(scope) : paths.has(document.file))) return [now];
      const then = before.get(placeOf(now));
      return then ? [placedLike(then, now)] : [];
    }),
  };
}

/** What tells an object apart whatever its namespace: the scope of a plain file depends on what else there is. */
function placeOf({ document, scope, name }: MeshObject<VirtualService>): string {
  return [document instanceof BuiltDocument ? scope : document.file, name].join("\n");
}

/** A past object where its present self is: the manifest alone need not name the namespace. */
function placedLike(
  then: MeshObject<VirtualService>,
  { id, scope, namespace, namespaceOrigin }: MeshObject<VirtualService>,
): MeshObject<VirtualService> {
  return { ...then, id, scope, namespace, namespaceOrigin };
}

/** Who answers the example of a shift in another state of the mesh; nobody where no table speaks of its host. */
function legsFor(mesh: Mesh, shift: Shift, example: RequestExample, namespace: string): readonly ActionLeg[] {
  // A shift that is seen through several hosts or gateways names them all; its example is of the first.
  const [gateway] = shift.gateway.split(", ");
  const pair = routeContexts(mesh, mesh).find(
    ({ context }) =>
      context.gateway === gateway &&
      context.host === shift.host.split(", ")[0] &&
      context.protocol === "http",
  );
  if (!pair?.head) return [];
  const { routes, otherwise } = routesFor(pair.head, {
    namespace: example.from?.namespace ?? namespace,
    labels: new Map(Object.entries(example.from?.labels ?? {})),
    port: example.port,
  });
  const query = new URLSearchParams(example.query).toString();
  const request = requestView({
    path: query === "" ? example.path : `${example.path}?${query}`,
    method: example.method,
    authority: example.host,
    scheme: example.scheme,
    headers: example.headers,
  });
  const found = routes.find(({ conditions }) => requestMatches(conditions, request));
  return (found?.action ?? otherwise).legs;
}

function sameLegs(a: readonly ActionLeg[], b: readonly ActionLeg[]): boolean {
  const text = (legs: readonly ActionLeg[]) =>
    legs
      .map(({ destination, share }) => JSON.stringify([destination, share]))
      .sort()
      .join();
  return text(a) === text(b);
}
