import type { BuiltSource } from "../../manifest/kustomize/built-document.ts";
import { yamlText } from "../../manifest/kustomize/yaml-text.ts";
import type { Path, Range } from "../../manifest/source.ts";
import { pathText } from "../../mesh/validity/violation.ts";
import { line } from "../../report/escape.ts";
import type { Rendered, RenderedObject } from "./rendered.ts";

/** The formats of `sluice render`. */
export const renderFormats = { pretty: prettyObjects, yaml: plainObjects, json: jsonObjects } as const;

/** What `kubectl kustomize` prints. */
function plainObjects({ objects }: Rendered): string {
  return objects.map(({ value }) => yamlText(value)).join("---\n");
}

/** The same with a comment above each object, and on each line that comes from elsewhere. */
function prettyObjects({ objects }: Rendered): string {
  return objects
    .map((object) => {
      const [begins, ...others] = object.sources;
      const further = others.filter((source) => !namesTarget(source, others));
      const notes = new Map(further.map((source) => [key(source.path), noteOf(source)]));
      return `# ${headOf(object, begins!, further)}\n${yamlText(object.value, (path) => notes.get(key(path)) ?? "")}`;
    })
    .join("---\n");
}

/** `VirtualService/prod/reviews from base/reviews.yaml:1, with overlays/prod/patch.yaml:9`. */
function headOf(
  { name, clusters }: RenderedObject,
  begins: BuiltSource,
  others: readonly BuiltSource[],
): string {
  const lines = new Map<string, string>();
  // The first line of each file says enough here; every other stands beside its value.
  for (const { range } of others) if (!lines.has(range.file)) lines.set(range.file, place(range));
  lines.delete(begins.range.file);
  const further = lines.size === 0 ? "" : `, with ${[...lines.values()].join(", ")}`;
  const where = clusters.length === 0 ? "" : `, to ${clusters.map((cluster) => line(cluster)).join(", ")}`;
  return `${line(name)} from ${place(begins.range)}${further}${where}`;
}

/** A patch repeats what its target is called: that says nothing new, unless it is all that it says. */
function namesTarget({ path, range, verbatim }: BuiltSource, others: readonly BuiltSource[]): boolean {
  const name = path.join(".");
  if (name === "apiVersion" || name === "kind") return verbatim;
  if (name !== "metadata.name" || !verbatim) return false;
  return others.some(
    (other) =>
      other.path[0] !== "kind" &&
      other.path[0] !== "apiVersion" &&
      other.path !== path &&
      other.range.file === range.file,
  );
}

function noteOf({ range, verbatim }: BuiltSource): string {
  return verbatim ? place(range) : `made from ${place(range)}`;
}

function place({ file, line: number }: Range): string {
  return `${line(file)}:${number}`;
}

function key(path: Path): string {
  return JSON.stringify(path);
}

function jsonObjects({ objects, missing, notes }: Rendered): string {
  const placed = ({ reason, range }: Rendered["missing"][number]) => ({
    file: range.file,
    line: range.line,
    column: range.column,
    reason,
  });
  const report = {
    version: 1,
    objects: objects.map(({ name, kustomization, clusters, value, sources }) => ({
      object: name,
      kustomization,
      clusters,
      sources: Object.fromEntries(
        sources.map(({ path, range, verbatim }) => [
          pathText(path),
          { file: range.file, line: range.line, column: range.column, verbatim },
        ]),
      ),
      value,
    })),
    notRendered: missing.map(placed),
    notes: notes.map(placed),
  };
  return `${JSON.stringify(report, (_, value) => (typeof value === "bigint" ? String(value) : value), 2)}\n`;
}
