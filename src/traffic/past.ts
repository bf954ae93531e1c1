import { readManifests } from "../manifest/read.ts";
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
  /** When that version was committed, in milliseconds since 1970. */
  readonly at: number;
}

/** What is known of the past, by path: versions of the file on the default branch, newest first. */
export type Past = ReadonlyMap<string, readonly PastVersion[]>;

/** Who answered the requests of a class at one time. */
interface PastAnswer {
  readonly at: number;
  readonly legs: readonly ActionLeg[];
}

/** Files whose past decides how the shifts are to be judged: where the routes stand that answer before the change. */
export function filesWithPast(shifts: readonly Shift[]): string[] {
  const files = shifts.flatMap(({ kind, protocol, base }) =>
    kind === "step" && protocol === "http" && base?.range ? [base.range.file] : [],
  );
  return [...new Set(files)].sort();
}

/**
 * The stable destination as the past proves it: who held all requests of the class in the newest earlier state
 * (semantics.md "Stable destination"); null where the past shows none.
 */
export function provenDestination(shift: Shift, base: Mesh, past: Past): Destination | null {
  for (const { legs } of pastAnswers(shift, base, past)) {
    const [only] = legs;
    if (legs.length === 1 && only) return only.destination;
  }
  return null;
}

/** When the shares of a class last changed on the default branch, in milliseconds since 1970; null: not in sight. */
export function lastStepAt(shift: Shift, base: Mesh, past: Past): number | null {
  const answers = [...pastAnswers(shift, base, past)];
  const changed = answers.findIndex((now, index) => {
    const before = answers[index + 1];
    return before !== undefined && !sameLegs(now.legs, before.legs);
  });
  return changed < 0 ? null : answers[changed]!.at;
}

/** One version after the other, newest first; a version that cannot be read says nothing. */
function* pastAnswers(shift: Shift, base: Mesh, past: Past): Generator<PastAnswer> {
  const file = shift.base?.range?.file;
  const object = base.virtualServices.find(({ id }) => id === shift.base?.object);
  if (file === undefined || !object || !shift.example || shift.protocol !== "http") return;
  const world = worldOf(base, object);
  for (const { text, at } of past.get(file) ?? []) {
    const mesh = withPastFile(world, file, text);
    if (mesh) yield { at, legs: legsFor(mesh, shift, shift.example, object.namespace) };
  }
}

/** The mesh with one file as it was: its VirtualServices replaced, or gone where they did not exist yet. */
function withPastFile(mesh: Mesh, file: string, text: string): Mesh | null {
  const read = readManifests(file, text);
  if (read.problems.length > 0) return null;
  const before = new Map(
    buildMesh([read], { settings: mesh.settings }).virtualServices.map((object) => [object.name, object]),
  );
  return {
    ...mesh,
    virtualServices: mesh.virtualServices.flatMap((now) => {
      if (now.document.file !== file) return [now];
      const then = before.get(now.name);
      return then ? [placedLike(then, now)] : [];
    }),
  };
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
