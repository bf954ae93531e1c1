import type { GitHub } from "./github/port.ts";
import type { Past } from "./traffic/past.ts";

/** Each file is one request: a change of more files than this is judged without their past. */
const mostFiles = 5;

/** Reads how the default branch came to be: what the judgement of a shift may depend on. */
export async function readPast(github: GitHub, files: readonly string[]): Promise<Past> {
  const versions = await Promise.all(
    files.slice(0, mostFiles).map(async (file) => [file, await github.fileHistory(file)] as const),
  );
  return new Map(versions.filter(([, found]) => found.length > 0));
}
