import type { ManifestDocument, Path, Problem } from "../../manifest/source.ts";

/** Something that Kubernetes or Istio would not take, as a value. `path` starts at the root of the manifest. */
export interface Violation {
  /** Stable and greppable: `unknown-field`, `invalid-host`, … */
  readonly code: string;
  /** May end in a field that is missing: positions then fall back to the deepest parent that exists. */
  readonly path: Path;
  /** What is wrong, in lower case, naming field and value. */
  readonly message: string;
  /** What to write instead. */
  readonly fix?: string;
}

/** An object that is wrong everywhere is told so often at most. */
export const mostTold = 100;

/** A path as operators read and type it: `spec.http[0].route[1].weight`; odd keys are quoted. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[A-Za-z0-9_]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** The last field of a path with its list indexes, at most 60 characters long: `hosts[0]`, `timeout`. */
export function fieldText(path: Path): string {
  const start = path.findLastIndex((part) => typeof part === "string");
  const text = pathText(path.slice(Math.max(start, 0)));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Violations as problems with a place in the file: unknown fields are marked at their key, everything else at the value. */
export function toProblems(document: ManifestDocument, violations: readonly Violation[]): Problem[] {
  return violations.map(({ code, path, message, fix }) => ({
    code,
    message,
    range: document.locate(path, code === "unknown-field" ? "key" : "value"),
    ...(fix === undefined ? {} : { fix }),
  }));
}
