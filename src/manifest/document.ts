import { compose } from "./compose.ts";
import { spanOf, spellingOf } from "./locate.ts";
import type { ComposeLimits, Node } from "./node.ts";
import type { Positions } from "./position.ts";
import type { Json, ManifestDocument, Path, Range, Spelling } from "./source.ts";
import type { Slice } from "./split.ts";

/** What the documents of one file share. */
export interface FileText {
  readonly path: string;
  readonly text: string;
  readonly positions: Positions;
  readonly limits: ComposeLimits;
}

/**
 * A document that keeps its value and remembers where its text stands. Nodes with positions weigh several times
 * the value, so they are composed anew when somebody asks for a place.
 */
export class TextDocument implements ManifestDocument {
  readonly index: number;
  readonly value: Json;
  readonly #source: FileText;
  readonly #slice: Slice;
  /** From the root of the text to the root of this document: an item of a list is a document of its own. */
  readonly #prefix: Path;

  constructor(source: FileText, slice: Slice, index: number, value: Json, prefix: Path = []) {
    this.index = index;
    this.value = value;
    this.#source = source;
    this.#slice = slice;
    this.#prefix = prefix;
  }

  get file(): string {
    return this.#source.path;
  }

  locate(path: Path, part: "key" | "value" = "value"): Range {
    const { text, root } = composed(this.#source, this.#slice);
    const span = spanOf(root, text, [...this.#prefix, ...path], part);
    return this.#source.positions.range(this.#slice.start + span.start, this.#slice.start + span.end);
  }

  spelling(path: Path): Spelling {
    const { text, root } = composed(this.#source, this.#slice);
    return spellingOf(root, text, [...this.#prefix, ...path]);
  }
}

/** The tree composed last: complaints about one document come in a row, and one tree is all that is worth keeping. */
let latest: { source: FileText; slice: Slice; text: string; root: Node } | undefined;

function composed(source: FileText, slice: Slice): { text: string; root: Node } {
  if (latest?.source === source && latest.slice === slice) return latest;
  const text = source.text.slice(slice.start, slice.end);
  const { root } = compose(text, source.limits);
  if (root === null) throw new Error(`${source.path}: a document that was read is no longer there`);
  latest = { source, slice, text, root };
  return latest;
}
