/** The cases of kustomizations: folders, each with what becomes of it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `corpus` is what both kubectl and Sluice build; `erroneous` is what neither does; `refused` is what Sluice leaves to
 * others on purpose; `different` is where the two part.
 */
export type Group = "corpus" | "erroneous" | "refused" | "different";

export interface Case {
  readonly name: string;
  readonly folder: string;
  /** The directory that is built: `prod` where there is one, and the folder itself elsewhere. */
  readonly root: "prod" | "";
  readonly texts: ReadonlyMap<string, string>;
}

export function casesOf(group: Group): Case[] {
  const home = join(import.meta.dirname, group);
  return readdirSync(home)
    .sort()
    .map((name) => caseIn(join(home, name), name));
}

function caseIn(folder: string, name: string): Case {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith("expected"));
  const texts = new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  return { name, folder, root: existsSync(join(folder, "prod")) ? "prod" : "", texts };
}

/** What a case expects, by the name of its file. */
export function expected({ folder }: Case, file: "expected.yaml" | "expected.txt"): string {
  return readFileSync(join(folder, file), "utf8");
}
