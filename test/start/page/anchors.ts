import type { PullRequestView } from "../view.ts";

/** The id of a line of the diff, by the number of its file: paths are hostile. */
export function lineAnchor(
  files: PullRequestView["files"],
  path: string,
  side: "LEFT" | "RIGHT",
  line: number,
): string {
  return `file-${files.findIndex((file) => file.path === path)}-${side}-${line}`;
}
