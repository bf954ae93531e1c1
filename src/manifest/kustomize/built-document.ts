import { isObject } from "../json.ts";
import type { Json, ManifestDocument, NotRendered, Path, Range } from "../source.ts";
import { placeholderIn } from "../template.ts";
import { directoryOf, isKustomizationPath, isWithin } from "./paths.ts";
import { documentOf, placeOf, placesOf, type Traced, valueAt } from "./traced.ts";

/** Where a value of a built object comes from. */
export interface BuiltOrigin {
  readonly range: Range;
  /** Whether that place states the value itself, so that changing it there changes the value and nothing else. */
  readonly verbatim: boolean;
}

/** Where some part of a built object begins to come from. */
export interface BuiltSource extends BuiltOrigin {
  readonly path: Path;
}

/** An object as a kustomization builds it. Places are those of the lines that somebody wrote. */
export class BuiltDocument implements ManifestDocument {
  readonly file: string;
  readonly index: number;
  readonly #body: Traced;

  /** `file` is what applies it: the kustomization of the root. */
  constructor(file: string, index: number, body: Traced) {
    this.file = file;
    this.index = index;
    this.#body = body;
  }

  /** The manifest in which it begins. */
  get writtenIn(): string {
    return documentOf(this.#body).file;
  }

  get value(): Json {
    return this.#body.value;
  }

  locate(path: Path, part: "key" | "value" = "value"): Range {
    const { range, verbatim } = this.origin(path, part);
    return verbatim ? range : { ...range, derived: true };
  }

  /** Where `path` was written, and whether that line alone decides the value. */
  origin(path: Path, part: "key" | "value" = "value"): BuiltOrigin {
    const { range, verbatim } = placeOf(this.#body, path, part);
    const root = directoryOf(this.file);
    // A line of the root's own directory needs no way to it.
    if (isWithin(directoryOf(range.file), root)) return { range, verbatim };
    return { range: { ...range, through: [root] }, verbatim };
  }

  /** Where the object begins, and then every value that comes from another file than what it stands in. */
  sources(): BuiltSource[] {
    const places = [...placesOf(this.#body)].map((place) => ({ ...place, file: documentOf(place).file }));
    const found = new Map<Path, BuiltSource>();
    // File by file: finding a line means reading its document again, and the last one read is remembered.
    for (const { path } of places.toSorted((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file))))
      found.set(path, { path, ...this.origin(path) });
    const sources: BuiltSource[] = [];
    for (const { path } of places) {
      const source = found.get(path)!;
      const around = sources.findLast((outer) => outer.path.every((step, index) => path[index] === step));
      const isNear = around?.range.file === source.range.file;
      if (!isNear || (!source.verbatim && around.range.line !== source.range.line)) sources.push(source);
    }
    return sources;
  }

  /** Whether its namespace is what a kustomization sets, rather than what its manifest states. */
  get isMoved(): boolean {
    const namespace = valueAt(this.#body, ["metadata", "namespace"]);
    return namespace !== undefined && isKustomizationPath(documentOf(namespace).file);
  }
}

/** What of an object of Istio's is still to be filled in before it is applied; null where nothing is. */
export function unfilled(document: ManifestDocument): NotRendered | null {
  const { value } = document;
  const version = isObject(value) ? value.apiVersion : undefined;
  if (typeof version !== "string" || !version.startsWith("networking.istio.io/")) return null;
  const placeholder = placeholderIn(value);
  if (placeholder === null) return null;
  return { reason: placeholder.reason, range: document.locate(placeholder.path, placeholder.part) };
}
