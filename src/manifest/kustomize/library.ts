/** The texts of a repository, each read once and as whoever asks for it reads. */
import { compose } from "../compose.ts";
import { type FileText, TextDocument } from "../document.ts";
import { isObject } from "../json.ts";
import { defaultReadLimits } from "../limits.ts";
import type { ComposeLimits } from "../node.ts";
import { Positions } from "../position.ts";
import type { Json, ManifestDocument, Range } from "../source.ts";
import { type Slice, splitDocuments } from "../split.ts";
import { YamlError } from "../yaml-error.ts";
import { resourceDialect } from "./dialect.ts";
import { NotBuildable } from "./not-buildable.ts";

/** The texts of one state of a repository, by path. */
export type Texts = ReadonlyMap<string, string>;

interface Read {
  readonly text: string;
  readonly documents: readonly ManifestDocument[] | NotBuildable;
}

export class Library {
  readonly texts: Texts;
  /** Files that are there and could not be read. */
  readonly unread: ReadonlySet<string>;
  readonly #resources = new Map<string, Read>();
  readonly #settings = new Map<string, Read>();
  readonly #earlier: Library | undefined;

  /** What an earlier library read of the same text is not read again. */
  constructor(texts: Texts, earlier?: Library, unread: ReadonlySet<string> = new Set()) {
    this.texts = texts;
    this.unread = unread;
    this.#earlier = earlier;
  }

  /** The objects of a manifest, read as kustomize reads resources and patches. Throws {@link NotBuildable}. */
  resources(path: string): readonly ManifestDocument[] {
    return this.#read(path, "resources", (text) => readResources(path, text));
  }

  /** The first document of a file, read as Kubernetes reads: kustomizations, JSON patches, configurations. Throws {@link NotBuildable}. */
  settings(path: string): ManifestDocument | undefined {
    return this.#read(path, "settings", (text) => readDocuments(path, text, {}).slice(0, 1))[0];
  }

  /** What `of` read of a path, where the text was the same. */
  known(path: string, of: "resources" | "settings"): Read | undefined {
    return (of === "resources" ? this.#resources : this.#settings).get(path);
  }

  #read(
    path: string,
    as: "resources" | "settings",
    read: (text: string) => readonly ManifestDocument[],
  ): readonly ManifestDocument[] {
    const text = this.texts.get(path) ?? "";
    const known = this.known(path, as) ?? this.#earlier?.known(path, as);
    const entry = known?.text === text ? known : { text, documents: attempt(() => read(text)) };
    (as === "resources" ? this.#resources : this.#settings).set(path, entry);
    if (entry.documents instanceof NotBuildable) throw entry.documents;
    return entry.documents;
  }
}

function attempt(read: () => readonly ManifestDocument[]): readonly ManifestDocument[] | NotBuildable {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotBuildable) return error;
    throw error;
  }
}

/** The documents of a text, the first of each part between `---`. Throws {@link NotBuildable}. */
export function readDocuments(
  path: string,
  text: string,
  reader: Pick<ComposeLimits, "dialect">,
): TextDocument[] {
  const limits = { ...defaultReadLimits, ...reader };
  const source: FileText = { path, text, positions: new Positions(path, text), limits };
  const wholeFile = (start: number, end: number): Range => source.positions.range(start, end);
  if (text.length > limits.fileLength) {
    throw new NotBuildable(`the file is longer than ${limits.fileLength} characters`, wholeFile(0, 0));
  }
  const { slices, badSeparators } = splitDocuments(text);
  if (badSeparators[0] !== undefined) {
    const { start, end } = badSeparators[0];
    throw new NotBuildable("a line that begins with `---` separates documents", wholeFile(start, end));
  }
  if (slices.length > limits.documents) {
    throw new NotBuildable(`the file holds more than ${limits.documents} documents`, wholeFile(0, 0));
  }
  let { aliasNodes } = limits;
  return slices.flatMap((whole, index) => {
    const slice = upToEndMarker(whole, text);
    const read = composed(source, slice, { ...limits, aliasNodes });
    if (read === null) return [];
    aliasNodes -= read.aliased;
    return [new TextDocument(source, slice, index, read.value)];
  });
}

/** `...` ends a document, and what follows it is not read. */
function upToEndMarker(slice: Slice, text: string): Slice {
  const marker = /^\.\.\.(?=\s|$)/m.exec(text.slice(slice.start, slice.end));
  return marker === null ? slice : { start: slice.start, end: slice.start + marker.index };
}

function composed(
  source: FileText,
  slice: Slice,
  limits: ComposeLimits,
): { value: Json; aliased: number } | null {
  const at = (offset: number) => source.positions.range(slice.start + offset, slice.start + offset + 1);
  try {
    const { root, duplicates, aliased } = compose(source.text.slice(slice.start, slice.end), limits);
    const [duplicate] = limits.dialect === undefined ? [] : duplicates;
    if (duplicate !== undefined)
      throw new NotBuildable(`${duplicate.key} is set twice`, at(duplicate.at.start));
    return root === null ? null : { value: root.value, aliased };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new NotBuildable(error.message, at(error.offset ?? 0));
  }
}

/**
 * The objects of a manifest; lists are flattened (api `resource/factory.go` RNodesFromBytes). Throws
 * {@link NotBuildable} for what kustomize takes for no object.
 */
export function readResources(path: string, text: string): ManifestDocument[] {
  const queue: ManifestDocument[] = readDocuments(path, text, { dialect: resourceDialect });
  const objects: ManifestDocument[] = [];
  for (let document = queue.shift(); document !== undefined; document = queue.shift()) {
    const { value } = document;
    if (value === null || isEmptyCollection(value)) continue;
    demandObject(document);
    const list = isObject(value) && String(value.kind).endsWith("List") ? value.items : undefined;
    if (list === undefined) objects.push(document);
    else if (Array.isArray(list)) queue.push(...list.map((_, index) => itemOf(document, index)));
    else if (list !== null) throw new NotBuildable("items is not a list", document.locate(["items"]));
  }
  return objects;
}

function demandObject(document: ManifestDocument): void {
  const missing = (reason: string, path: readonly string[] = []) =>
    new NotBuildable(reason, document.locate(path));
  const { value } = document;
  if (!isObject(value)) throw missing("this is no Kubernetes object");
  const { kind, metadata } = value;
  if (kind === undefined || kind === null || kind === "") throw missing("the object has no kind");
  if (String(kind).endsWith("List")) return;
  const name = isObject(metadata) ? metadata.name : undefined;
  if (name === undefined || name === null || name === "")
    throw missing("the object has no metadata.name", ["metadata"]);
}

function isEmptyCollection(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function itemOf(list: ManifestDocument, index: number): ManifestDocument {
  const { value } = list;
  const items = isObject(value) && Array.isArray(value.items) ? value.items : [];
  return {
    file: list.file,
    index: list.index,
    value: items[index] ?? null,
    locate: (path, part) => list.locate(["items", index, ...path], part),
    spelling: (path) => list.spelling?.(["items", index, ...path]) ?? { plain: "", isQuoted: false },
  };
}
