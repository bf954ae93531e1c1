/** Manifests written inside a kustomization, as texts: each of their lines is a line of that file. */
import type { ManifestDocument, Path, Range } from "../source.ts";
import type { Library } from "./library.ts";
import { NotBuildable } from "./not-buildable.ts";
import { documentOf, placeOf, type Traced } from "./traced.ts";

/** Reads a text that is a value of another document; places are those of the file it is written in. */
export function readInline<T extends ManifestDocument>(
  at: Traced,
  text: string,
  library: Library,
  read: (path: string, text: string) => readonly T[],
): ManifestDocument[] {
  // Most of what is written inline is never complained about.
  let made: ((inner: Range) => Range) | undefined;
  const translate = (range: Range) => {
    made ??= translator(at, text, library);
    return made(range);
  };
  try {
    return read(documentOf(at).file, text).map((document) => ({
      file: document.file,
      index: document.index,
      value: document.value,
      locate: (path: Path, part?: "key" | "value") => translate(document.locate(path, part)),
      spelling: (path: Path) => document.spelling?.(path) ?? { plain: "", isQuoted: false },
    }));
  } catch (error) {
    if (error instanceof NotBuildable) throw new NotBuildable(error.message, translate(error.range));
    throw error;
  }
}

/**
 * From a range of the text to one of the file. In a block scalar every line of the text is the end of a line of the
 * file; in any other scalar the lines cannot be told apart, and the whole of it is the answer.
 */
function translator(at: Traced, text: string, library: Library): (inner: Range) => Range {
  const { range: whole } = placeOf(at);
  const host = library.texts.get(whole.file)?.split("\n") ?? [];
  const inner = text.split("\n");
  const value = String(at.value);
  const skipped = value.slice(0, Math.max(value.indexOf(text), 0)).split("\n").length - 1;
  const first = whole.line + skipped;
  const indents = inner.map((line, index) => {
    const outer = (host[first - 1 + index] ?? "").trimEnd();
    return outer.endsWith(line.trimEnd()) ? outer.length - line.trimEnd().length : null;
  });
  const isBlock = !indents.includes(null);
  return (range) => {
    if (!isBlock) return whole;
    const line = first + range.line - 1;
    const endLine = first + range.endLine - 1;
    const column = range.column + (indents[range.line - 1] ?? 0);
    const endColumn = range.endColumn + (indents[range.endLine - 1] ?? 0);
    return { file: whole.file, line, column, endLine, endColumn };
  };
}
