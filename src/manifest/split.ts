/** Where one document of a file stands, as offsets into the file's text. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}
export interface Split {
  readonly slices: readonly Slice[];
  /** Lines that begin with `---` and go on with something else, which Kubernetes refuses. */
  readonly badSeparators: readonly Slice[];
}

const separator = "---";

/**
 * Cuts a file where Kubernetes cuts it: at every line that begins with `---`, before any YAML is read
 * (apimachinery `pkg/util/yaml/decoder.go` YAMLReader). One broken document therefore cannot hide the next.
 */
export function splitDocuments(text: string): Split {
  const slices: Slice[] = [];
  const badSeparators: Slice[] = [];
  let start = 0;
  let line = text.startsWith(separator) ? 0 : nextSeparator(text, 0);
  while (line >= 0) {
    const newline = text.indexOf("\n", line);
    const end = newline < 0 ? text.length : newline;
    slices.push({ start, end: line });
    if (!/^\s*(?:#|$)/.test(text.slice(line + separator.length, end)))
      badSeparators.push({ start: line, end });
    start = Math.min(end + 1, text.length);
    line = nextSeparator(text, end);
  }
  slices.push({ start, end: text.length });
  return { slices, badSeparators };
}

function nextSeparator(text: string, from: number): number {
  const newline = text.indexOf(`\n${separator}`, from);
  return newline < 0 ? -1 : newline + 1;
}
