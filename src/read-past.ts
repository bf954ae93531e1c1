import type { GitHub } from "./github/port.ts";
import type { Past } from "./traffic/past.ts";

/** A change of more files than this is judged without the past of the rest, and says so. */
const mostFiles = 30;

/** Reads how the default branch came to be: what the judgement of a shift may depend on. */
export async function readPast(github: GitHub, files: readonly string[]): Promise<Past> {
  return files.length === 0 ? new Map() : github.fileHistories(files.slice(0, mostFiles));
}
