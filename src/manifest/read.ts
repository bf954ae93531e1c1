import { type Composition, compose } from "./compose.ts";
import { type FileText, TextDocument } from "./document.ts";
import { BareObject, isObject } from "./json.ts";
import { maxManifestBytes } from "./paths.ts";
import { Positions } from "./position.ts";
import type { Json, ManifestDocument, ManifestFile, Path, Problem, Range } from "./source.ts";
import { type Slice, splitDocuments } from "./split.ts";
import { YamlError } from "./yaml-error.ts";

/** Bounds on what a hostile file may cost. Beyond one of them stands a Problem, and the rest of the file is still read. */
export interface ReadLimits {
  /** UTF-16 code units of a file. */
  readonly fileLength: number;
  /** UTF-16 code units of one document. */
  readonly documentLength: number;
  /** Documents of a file, items of lists included. */
  readonly documents: number;
  /** How deep collections may nest. */
  readonly depth: number;
  /** Nodes that aliases and merge keys may add to a file. */
  readonly aliasNodes: number;
}

export const defaultReadLimits: ReadLimits = {
  fileLength: maxManifestBytes,
  documentLength: 1 << 20,
  documents: 10_000,
  depth: 100,
  aliasNodes: 100_000,
};

/**
 * Reads a manifest file as Kubernetes would: YAML 1.1 as `sigs.k8s.io/yaml` understands it, or JSON. What cannot be
 * read becomes a Problem with its place; the other documents of the file are read nevertheless. A Problem marked
 * `strictOnly` is what strict decoding (`UnmarshalStrict`) would refuse while ordinary decoding goes on.
 */
export function readManifests(path: string, text: string, limits: Partial<ReadLimits> = {}): ManifestFile {
  return new Reader(path, text, { ...defaultReadLimits, ...limits }).read();
}

/** `...` ends a document; what follows it up to the next `---` Kubernetes never sees. */
const endMarker = /^\.\.\.(?=\s|$)/m;
const onlyComments = /^(?:\s*(?:#.*)?(?:\n|$))*$/;

class Reader {
  readonly #source: FileText;
  readonly #limits: ReadLimits;
  readonly #documents: ManifestDocument[] = [];
  readonly #problems: Problem[] = [];
  #aliasNodes: number;

  constructor(path: string, text: string, limits: ReadLimits) {
    this.#source = { path, text, positions: new Positions(path, text), limits };
    this.#limits = limits;
    this.#aliasNodes = limits.aliasNodes;
  }

  read(): ManifestFile {
    const { path, text } = this.#source;
    if (text.length <= this.#limits.fileLength) this.#readSlices(text);
    else this.#tooMuch("file-too-large", `the file is longer than ${this.#limits.fileLength} characters`, 0);
    return { path, documents: this.#documents, problems: this.#problems };
  }

  #readSlices(text: string): void {
    const { slices, badSeparators } = splitDocuments(text);
    for (const slice of badSeparators) {
      const message = "a line that begins with `---` separates documents and may only hold a comment besides";
      this.#complain(slice, {
        code: "bad-separator",
        message,
        fix: "Move what follows `---` to the next line.",
      });
    }
    for (const slice of slices) {
      if (this.#documents.length >= this.#limits.documents) {
        this.#tooMuch("too-many-documents", `more than ${this.#limits.documents} documents`, slice.start);
        return;
      }
      this.#readSlice(slice, text.slice(slice.start, slice.end));
    }
  }

  #readSlice(whole: Slice, text: string): void {
    if (text.length > this.#limits.documentLength) {
      const message = `the document is longer than ${this.#limits.documentLength} characters`;
      this.#tooMuch("document-too-large", message, whole.start);
      return;
    }
    const marker = endMarker.exec(text);
    if (marker === null) {
      this.#readDocument(whole, text);
      return;
    }
    const slice = { start: whole.start, end: whole.start + marker.index };
    this.#readDocument(slice, text.slice(0, marker.index));
    if (!onlyComments.test(text.slice(marker.index + marker[0].length))) {
      const message = "Kubernetes ignores what follows `...`";
      this.#complain(
        { start: slice.end, end: slice.end + marker[0].length },
        { code: "ignored-content", message, fix: "Separate documents with `---`." },
      );
    }
  }

  #readDocument(slice: Slice, text: string): void {
    const composition = this.#compose(slice, text);
    if (composition === undefined || composition.root === null) return;
    this.#aliasNodes -= composition.aliased;
    for (const { key, at, first } of composition.duplicates) {
      const { line } = this.#range(slice, first);
      this.#complain(
        { start: slice.start + at.start, end: slice.start + at.end },
        {
          code: "duplicate-key",
          message: `\`${key}\` is already set on line ${line}; the last one counts`,
          fix: "Keep one of them.",
          strictOnly: true,
        },
      );
    }
    this.#add(slice, composition.root.value, []);
  }

  #compose(slice: Slice, text: string): Composition | undefined {
    try {
      return compose(text, { depth: this.#limits.depth, aliasNodes: this.#aliasNodes });
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      const { code, message, fix } = error;
      const start = slice.start + (error.offset ?? 0);
      this.#complain({ start, end: start + 1 }, { code, message, fix });
      return undefined;
    }
  }

  /** Keeps a document; a list of objects is as many documents (`kubectl` flattens any object that has `items`). */
  #add(slice: Slice, value: Json, prefix: Path): void {
    const items = listItems(value);
    if (items !== undefined) {
      for (const [index, item] of items.entries()) this.#add(slice, item, [...prefix, "items", index]);
    } else if (value !== null && this.#documents.length < this.#limits.documents) {
      this.#documents.push(new TextDocument(this.#source, slice, this.#documents.length, value, prefix));
    }
  }

  #range(slice: Slice, span: { start: number; end: number }): Range {
    return this.#source.positions.range(slice.start + span.start, slice.start + span.end);
  }

  #complain(span: Slice, problem: Omit<Problem, "range">): void {
    this.#problems.push({ ...problem, range: this.#source.positions.range(span.start, span.end) });
  }

  #tooMuch(code: string, message: string, at: number): void {
    this.#complain({ start: at, end: at }, { code, message, fix: "Split it into smaller files." });
  }
}

/**
 * The items of a `kind: List` or `kind: SomethingList`, which need not repeat their type
 * (apimachinery `unstructured/helpers.go` decodeToList); undefined where the value is no list.
 */
function listItems(value: Json): readonly Json[] | undefined {
  if (!isObject(value)) return undefined;
  const { kind, apiVersion, items } = value;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return undefined;
  const itemKind = kind.slice(0, -"List".length);
  if (itemKind === "") return items;
  return items.map((item) =>
    isObject(item) && item.kind === undefined && typeof apiVersion === "string"
      ? Object.assign(new BareObject(), item, { kind: itemKind, apiVersion })
      : item,
  );
}
