import type { Json, ManifestDocument, ManifestFile, Problem } from "./manifest/source.ts";
import type { Mesh, MeshObject } from "./mesh/object.ts";
import type { NotEvaluated } from "./policy/decide.ts";

/** Manifest files by path, as read. */
export type Files = ReadonlyMap<string, ManifestFile>;

/** Head's files with what had to be guarded, and what about them could not be evaluated. */
export interface Guarded {
  readonly files: Files;
  readonly notEvaluated: readonly NotEvaluated[];
}

/**
 * Keeps what cannot be seen from looking like a deletion. Where a changed file could not be read or rendered on head, the
 * documents of base that are not to be seen there any more stand in for themselves: nobody can tell what became of them.
 * `blockUnrendered` is policy's word on files that need a renderer; what base had evaluated blocks in any case.
 */
export function guard(
  base: Files,
  head: Files,
  unreadable: readonly NotEvaluated[],
  changed: readonly string[],
  blockUnrendered: boolean,
): Guarded {
  const files = new Map(head);
  const notEvaluated = [...unreadable];
  for (const { file } of unreadable) {
    const before = base.get(file);
    if (before) files.set(file, before);
  }
  for (const path of changed) {
    const file = head.get(path);
    const unread = file?.problems.filter(({ strictOnly }) => !strictOnly) ?? [];
    if (!file || (unread.length === 0 && !file.notRendered)) continue;
    const hidden = withoutCounterpart(base.get(path)?.documents ?? [], file.documents);
    const problems = file.problems.filter(({ strictOnly }) => strictOnly);
    files.set(path, { ...file, problems, documents: [...file.documents, ...hidden] });
    notEvaluated.push(...unread.map(asNotEvaluated));
    if (file.notRendered) {
      notEvaluated.push({ file: path, ...file.notRendered, blocks: blockUnrendered || hidden.length > 0 });
    }
  }
  return { files, notEvaluated };
}

/** What is wrong with objects of changed files as they stand together, unless base has it just so. */
export function newProblems(base: Mesh, head: Mesh, changed: readonly string[]): NotEvaluated[] {
  const known = new Set(base.problems.map(({ code, message }) => `${code} ${message}`));
  const paths = new Set(changed);
  return head.problems
    .filter(({ range, code, message }) => paths.has(range.file) && !known.has(`${code} ${message}`))
    .map(asNotEvaluated);
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
