import { isObject } from "../manifest/json.ts";
import { readManifests } from "../manifest/read.ts";
import type { ManifestDocument, ManifestFile, Problem } from "../manifest/source.ts";
import { concernsIstio, validateObject } from "../mesh/validity/validity.ts";
import { toProblems, type Violation } from "../mesh/validity/violation.ts";

/** What one judge says of an object, with places in the file. */
export interface Opinion {
  readonly valid: boolean;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** An object of Istio's networking API, judged. */
export interface JudgedObject {
  readonly document: ManifestDocument;
  /** `Kind/namespace/name`, as far as the manifest tells. */
  readonly id: string;
  readonly accepted: boolean;
  /** Why it is not accepted, each thing once. */
  readonly refusals: readonly Problem[];
  readonly webhook: Opinion;
  readonly crd: Opinion;
}

/** The Istio objects of a file, and what of the file could not be judged. */
export interface JudgedFile {
  readonly path: string;
  readonly objects: readonly JudgedObject[];
  readonly unreadable: readonly Problem[];
}

/** Somebody's own files may be larger than what strangers may have evaluated. */
const limits = { fileLength: 64 << 20, documentLength: 16 << 20 };

/** Judges every Istio object of a manifest file; other objects are none of our business. */
export function judgeManifests(path: string, text: string): JudgedFile {
  const file = readManifests(path, text, limits);
  const documents = file.documents.filter(({ value }) => concernsIstio(value));
  const strict = file.problems.filter(({ strictOnly }) => strictOnly);
  return {
    path,
    objects: documents.map((document) =>
      judged(
        document,
        strict.filter(({ range }) => contains(document, range.line)),
      ),
    ),
    unreadable: [...file.problems.filter(({ strictOnly }) => !strictOnly), ...notRendered(file)],
  };
}

function contains(document: ManifestDocument, line: number): boolean {
  const whole = document.locate([]);
  return whole.line <= line && line <= whole.endLine;
}

function notRendered({ notRendered: found }: ManifestFile): Problem[] {
  if (!found) return [];
  const { reason, range } = found;
  return [{ code: "not-rendered", message: `cannot be judged before it is rendered: ${reason}`, range }];
}

function judged(document: ManifestDocument, strict: readonly Problem[]): JudgedObject {
  const { accepted, refusals, webhook, crd } = validateObject(document.value);
  const problems = (violations: readonly Violation[]) => toProblems(document, violations);
  return {
    document,
    id: idOf(document),
    accepted: accepted && strict.length === 0,
    refusals: [...strict, ...problems(refusals)],
    webhook: { valid: webhook.valid, errors: problems(webhook.errors), warnings: problems(webhook.warnings) },
    crd: {
      valid: crd.valid && strict.length === 0,
      errors: [...strict, ...problems(crd.errors)],
      warnings: [],
    },
  };
}

function idOf({ value }: ManifestDocument): string {
  const { kind = "?", metadata } = isObject(value) ? value : {};
  const { namespace, name } = isObject(metadata) ? metadata : {};
  return [kind, namespace || "default", name || "?"].map(String).join("/");
}
