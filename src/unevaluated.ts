import { isObject } from "./manifest/json.ts";
import type { Repository } from "./manifest/kustomize/repository.ts";
import type { Json, ManifestDocument, ManifestFile, NotRendered, Problem } from "./manifest/source.ts";
import type { Mesh, MeshObject } from "./mesh/object.ts";
import type { NotEvaluated } from "./policy/decide.ts";
import type { Reach } from "./reach.ts";

/** Manifest files by path, as read or built. */
export type Files = ReadonlyMap<string, ManifestFile>;

/** Head's files with what had to be guarded, and what about them could not be evaluated. */
export interface Guarded {
  readonly files: Files;
  readonly notEvaluated: readonly NotEvaluated[];
}

/**
 * Keeps what cannot be seen from looking like a deletion. Where a file that a change reaches could not be read, rendered or
 * built on head, the documents of base that are not to be seen there any more stand in for themselves: nobody can tell
 * what became of them. `blockUnrendered` is policy's word on files that need a renderer; what base had evaluated blocks in
 * any case.
 */
export function guard(
  base: Files,
  head: Files,
  unreadable: readonly NotEvaluated[],
  { changed, files: reached }: Reach,
  blockUnrendered: boolean,
): Guarded {
  const files = new Map(head);
  const notEvaluated = [...unreadable];
  for (const { file } of unreadable) {
    const before = base.get(file);
    if (before) files.set(file, before);
  }
  for (const path of reached) {
    const file = head.get(path);
    if (!file) continue;
    const unread = file.problems.filter(({ strictOnly }) => !strictOnly);
    const { said, hides } = missingOf(file, base.get(path), changed);
    if (unread.length === 0 && said.length === 0) continue;
    const before = unread.length > 0 || hides ? documentsBefore(file, base, head) : [];
    const hidden = withoutCounterpart(before, file.documents);
    const problems = file.problems.filter(({ strictOnly }) => strictOnly);
    files.set(path, { ...file, problems, documents: [...file.documents, ...hidden] });
    notEvaluated.push(...unread.map(asNotEvaluated));
    const blocks = (blockUnrendered && file.notRendered !== undefined) || hidden.some(isOfIstio);
    notEvaluated.push(...said.map((what) => ({ file: what.range.file, ...what, blocks })));
  }
  return { files, notEvaluated };
}

/** What is to be said of the parts of a file that are not there, and whether they may hide what base had. */
function missingOf(
  { notRendered, applied, documents }: ManifestFile,
  before: ManifestFile | undefined,
  changed: ReadonlySet<string>,
): { readonly said: readonly NotRendered[]; readonly hides: boolean } {
  if (applied === undefined || applied.missing.length === 0)
    return { said: notRendered ? [notRendered] : [], hides: notRendered !== undefined };
  const known = new Set(before?.applied?.missing.map(({ reason }) => reason));
  const fresh = applied.missing.filter(({ reason }) => !known.has(reason));
  // What base lacks just as well hides nothing; it is worth a word only to those who change that very place, or get nothing.
  const concerned = ({ range }: NotRendered) => changed.has(range.file) || documents.length === 0;
  const old = applied.missing.filter((what) => notRendered && !fresh.includes(what) && concerned(what));
  return { said: [...fresh, ...old], hides: fresh.length > 0 };
}

/** What base shows of a file: its own documents, and those of files that are only parts of it on head. */
function documentsBefore(file: ManifestFile, base: Files, head: Files): readonly ManifestDocument[] {
  const parts = [...(file.applied?.reads ?? [])].filter((path) => !head.has(path) && path !== file.path);
  return [file.path, ...parts].flatMap((path) => base.get(path)?.documents ?? []);
}

/** What is wrong with objects of files that a change reaches as they stand together, unless base has it just so. */
export function newProblems(base: Mesh, head: Mesh, { places }: Reach): NotEvaluated[] {
  const known = new Set(base.problems.map(({ code, message }) => `${code} ${message}`));
  return head.problems
    .filter(({ range, code, message }) => places.has(range.file) && !known.has(`${code} ${message}`))
    .map(asNotEvaluated);
}

/** What is built in silence and does nothing, and deployments that nobody can follow: worth a word where it is new. */
export function silences(base: Repository, head: Repository, reach: Reach): NotEvaluated[] {
  const said = ({ files, holes }: Repository) => [
    ...files.filter(({ path }) => reach.files.has(path)).flatMap(({ applied }) => applied?.notes ?? []),
    ...holes.filter(({ range }) => reach.changed.has(range.file)),
  ];
  const known = new Set(said(base).map(({ reason }) => reason));
  return said(head)
    .filter(({ reason }) => !known.has(reason))
    .map(({ reason, range }) => ({ file: range.file, reason, range, blocks: false }));
}

/** The same entries with each said once, however many kustomizations run into it; it blocks where it does for one. */
export function saidOnce(entries: readonly NotEvaluated[]): NotEvaluated[] {
  const same = ({ file, reason, range }: NotEvaluated) =>
    [file, reason, range?.line, range?.column].join("\n");
  return [...Map.groupBy(entries, same).values()].map((group) => ({
    ...group[0]!,
    blocks: group.some(({ blocks }) => blocks),
  }));
}

/** The mesh as the cluster would have it: what it refuses on head stays there as base has it. */
export function withStandIns(head: Mesh, base: Mesh): Mesh {
  const refused = new Set(head.refused.map(({ object }) => object.id));
  if (refused.size === 0) return head;
  const standIns = <Spec>(objects: readonly MeshObject<Spec>[], before: readonly MeshObject<Spec>[]) => [
    ...objects,
    ...before.filter(({ id }) => refused.has(id)),
  ];
  return {
    ...head,
    virtualServices: standIns(head.virtualServices, base.virtualServices),
    destinationRules: standIns(head.destinationRules, base.destinationRules),
    gateways: standIns(head.gateways, base.gateways),
    serviceEntries: standIns(head.serviceEntries, base.serviceEntries),
    sidecars: standIns(head.sidecars, base.sidecars),
    services: standIns(head.services, base.services),
  };
}

/** A problem as a reason why something could not be evaluated. */
export function asNotEvaluated({ range, message, fix }: Problem): NotEvaluated {
  return { file: range.file, reason: message, blocks: true, range, ...(fix === undefined ? {} : { fix }) };
}

/** Other objects stand in just as well; only those of Istio's kinds were evaluated themselves. */
function isOfIstio({ value }: ManifestDocument): boolean {
  return isObject(value) && String(value.apiVersion).startsWith("networking.istio.io/");
}

function withoutCounterpart(
  before: readonly ManifestDocument[],
  after: readonly ManifestDocument[],
): ManifestDocument[] {
  const seen = new Set(after.map(({ value }) => identity(value)));
  return before.filter(({ value }) => !seen.has(identity(value)));
}

function identity(value: Json): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "";
  const metadata = value.metadata;
  const { name, namespace } =
    typeof metadata === "object" && metadata !== null && !Array.isArray(metadata) ? metadata : {};
  return [value.kind, namespace, name].map(String).join("/");
}
