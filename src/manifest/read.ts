import { compose } from "./compose.ts";
import { type FileText, TextDocument } from "./document.ts";
import { isObject } from "./json.ts";
import { defaultReadLimits, type ReadLimits } from "./limits.ts";
import { listItems } from "./list.ts";
import { mentionsIstio } from "./mention.ts";
import type { Composition } from "./node.ts";
import { isTemplatePath } from "./paths.ts";
import { Positions } from "./position.ts";
import type { Json, ManifestDocument, ManifestFile, NotRendered, Path, Problem } from "./source.ts";
import { type Slice, splitDocuments } from "./split.ts";
import {
  blocksLeftOpen,
  breakingExpressionIn,
  type Expression,
  expressionIn,
  mayHoldPlaceholder,
  placeholderIn,
} from "./template.ts";
import { YamlError } from "./yaml-error.ts";

export interface ReadOptions extends Partial<ReadLimits> {
  /** The file is a Helm chart's template, where every `{{` is an expression; else anything below a `templates` directory. */
  readonly chart?: boolean;
  /** Documents whose text it refuses are passed over unread: with `mentionsMesh`, strangers cannot fail a check. */
  readonly only?: (documentText: string) => boolean;
}

/**
 * Reads a manifest file as Kubernetes would: YAML 1.1 as `sigs.k8s.io/yaml` understands it, or JSON. What cannot be
 * read becomes a Problem with its place; the other documents of the file are read nevertheless. A Problem marked
 * `strictOnly` is what strict decoding (`UnmarshalStrict`) would refuse while ordinary decoding goes on. Documents of
 * Istio's kinds that a renderer has to fill in first are left out, and `notRendered` names the first of them.
 */
export function readManifests(path: string, text: string, options: ReadOptions = {}): ManifestFile {
  return new Reader(path, text, options).read();
}

/** `...` ends a document; what follows it up to the next `---` Kubernetes never sees. */
const endMarker = /^\.\.\.(?=\s|$)/m;
const content = /^[ \t\uFEFF]*[^ \t\r\n\uFEFF#]/m;
const istioGroup = "networking.istio.io/";
/** Enough to act upon: a file that is wrong everywhere should not fill the report. */
const maxProblems = 100;

class Reader {
  readonly #source: FileText;
  readonly #limits: ReadLimits;
  readonly #only: ReadOptions["only"];
  readonly #chart: boolean;
  readonly #documents: ManifestDocument[] = [];
  readonly #problems: Problem[] = [];
  #notRendered: NotRendered | undefined;
  /** Documents met, readable or not. */
  #met = 0;
  #aliasNodes: number;
  /** Go template blocks that earlier documents of the file left open: what stands inside is conditional. */
  #openBlocks = 0;

  constructor(path: string, text: string, options: ReadOptions) {
    this.#only = options.only;
    this.#chart = options.chart ?? /(?:^|\/)templates\//.test(path);
    this.#limits = { ...defaultReadLimits, ...options };
    this.#source = { path, text, positions: new Positions(path, text), limits: this.#limits };
    this.#aliasNodes = this.#limits.aliasNodes;
  }

  read(): ManifestFile {
    const { path, text } = this.#source;
    if (text.length > this.#limits.fileLength) {
      this.#tooMuch("file-too-large", `the file is longer than ${this.#limits.fileLength} characters`, 0);
    } else if (isTemplatePath(path)) {
      const start = text.indexOf(istioGroup);
      if (start >= 0) this.#leaveOut({ start, end: start + istioGroup.length }, "the file is a template");
    } else this.#readSlices(text);
    const notRendered = this.#notRendered === undefined ? {} : { notRendered: this.#notRendered };
    return { path, documents: this.#documents, problems: this.#problems, ...notRendered };
  }

  #readSlices(text: string): void {
    const { slices, badSeparators } = splitDocuments(text);
    for (const slice of badSeparators) {
      const message = "a line that begins with `---` separates documents and may hold only a comment besides";
      const fix = "move what follows `---` to the next line";
      this.#complain(slice, { code: "bad-separator", message, fix });
    }
    for (const slice of slices) {
      const sliceText = text.slice(slice.start, slice.end);
      if (content.test(sliceText) && this.#only?.(sliceText) !== false) {
        if (!this.#meet(slice.start)) return;
        this.#readSlice(slice, sliceText);
      }
      const open = this.#openBlocks + blocksLeftOpen(sliceText, this.#chart);
      this.#openBlocks = Math.max(open, 0);
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
    if (content.test(text.slice(marker.index + marker[0].length))) {
      const message = "Kubernetes ignores what follows `...`";
      const fix = "separate documents with `---`";
      this.#complain({ start: slice.end, end: slice.end + 3 }, { code: "ignored-content", message, fix });
    }
  }

  #readDocument(slice: Slice, text: string): void {
    const expression = this.#expressionIn(text);
    if (expression !== null) {
      this.#leaveOutTemplate(slice, text, expression);
      return;
    }
    const composition = this.#compose(slice, text);
    if (composition === null || composition.root === null) return;
    this.#aliasNodes -= composition.aliased;
    for (const { key, at, first } of composition.duplicates) {
      const { line } = this.#source.positions.range(slice.start + first.start, slice.start + first.end);
      const message = `\`${key}\` is already set on line ${line}; the last one counts`;
      const problem: Omit<Problem, "range"> = {
        code: "duplicate-key",
        message,
        fix: "keep one of them",
        strictOnly: true,
      };
      this.#complain(within(slice, at), problem);
    }
    this.#keep(slice, composition.root.value, mayHoldPlaceholder(text), []);
  }

  #expressionIn(text: string): Expression | null {
    if (this.#openBlocks === 0) return expressionIn(text, this.#chart);
    const start = text.search(content);
    return { start, end: start + 1, reason: "it stands in a template block, which has to be rendered first" };
  }

  /** Null where the document cannot be read, which has then been said. */
  #compose(slice: Slice, text: string): Composition | null {
    try {
      return compose(text, { depth: this.#limits.depth, aliasNodes: this.#aliasNodes });
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      const expression = breakingExpressionIn(text);
      const { code, message, fix, offset = 0 } = error;
      // What is missing at the end is missed behind the last character that stands there.
      const start = Math.min(offset, Math.max(text.trimEnd().length - 1, 0));
      if (expression !== null) this.#leaveOutTemplate(slice, text, expression);
      else this.#complain(within(slice, { start, end: start + 1 }), { code, message, fix });
      return null;
    }
  }

  /** Keeps a document; a list of objects is as many documents, as `kubectl` flattens it. */
  #keep(slice: Slice, value: Json, mayHold: boolean, prefix: Path): void {
    const items = listItems(value);
    if (items !== undefined) {
      for (const [index, item] of items.entries()) {
        if (!this.#meet(slice.start)) return;
        this.#keep(slice, item, mayHold, [...prefix, "items", index]);
      }
      return;
    }
    if (value === null) return;
    const document = new TextDocument(this.#source, slice, this.#documents.length, value, prefix);
    const placeholder = mayHold && isIstioObject(value) ? placeholderIn(value) : null;
    if (placeholder === null) this.#documents.push(document);
    else {
      const range = document.locate(placeholder.path, placeholder.part);
      this.#notRendered ??= { reason: placeholder.reason, range };
    }
  }

  /** Only what Istio would read is missed; templates of anything else are not ours to render. */
  #leaveOutTemplate(slice: Slice, text: string, expression: Expression): void {
    if (mentionsIstio(text)) this.#leaveOut(within(slice, expression), expression.reason);
  }

  #leaveOut(span: Slice, reason: string): void {
    this.#notRendered ??= { reason, range: this.#source.positions.range(span.start, span.end) };
  }

  /** Counts a document, and says so once when it is one too many. */
  #meet(at: number): boolean {
    this.#met += 1;
    if (this.#met === this.#limits.documents + 1) {
      this.#tooMuch("too-many-documents", `the file holds more than ${this.#limits.documents} documents`, at);
    }
    return this.#met <= this.#limits.documents;
  }

  #complain(span: Slice, problem: Omit<Problem, "range">): void {
    if (this.#problems.length >= maxProblems && problem.code !== "too-many-documents") return;
    this.#problems.push({ ...problem, range: this.#source.positions.range(span.start, span.end) });
  }

  #tooMuch(code: string, message: string, at: number): void {
    this.#complain({ start: at, end: at }, { code, message, fix: "split it into smaller files" });
  }
}

/** Offsets into a document's text as offsets into its file. */
function within(slice: Slice, span: { readonly start: number; readonly end: number }): Slice {
  return { start: slice.start + span.start, end: slice.start + span.end };
}

function isIstioObject(value: Json): boolean {
  return isObject(value) && typeof value.apiVersion === "string" && value.apiVersion.startsWith(istioGroup);
}
