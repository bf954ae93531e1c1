import type { Range } from "../manifest/source.ts";

/** The place that a source such as `acme/.github:.github/sluice.yaml:12` names; of several sources, the first. */
export function rangeOfSource(source: string): Range {
  const [first = source] = source.split(", ");
  const [, file = first, digits = "1"] = /^(.*):(\d+)$/.exec(first) ?? [];
  const line = Number(digits);
  return { file, line, column: 1, endLine: line, endColumn: 1 };
}
