import type { Blob, GitHub, TreeEntry } from "./github/port.ts";
import { maxManifestBytes } from "./manifest/paths.ts";

/** Entries of a tree by path. */
export type Entries = ReadonlyMap<string, TreeEntry>;

/** Blobs held at one time while looking for the few that matter: bounds the memory of a large repository. */
const blobsAtOnce = 1_000;

/** Why a blob has no text that could be read. */
export const whyUnreadable: Record<Extract<Blob, { unreadable: string }>["unreadable"], string> = {
  binary: "the file is binary",
  "not-utf8": "the file is not UTF-8 text",
  "too-large": `the file is larger than ${maxManifestBytes / 1024 / 1024} MiB`,
  missing: "GitHub does not show the file's content",
};

/** Whether a file is of a size that is read. */
export function isReadable(entry: TreeEntry): boolean {
  return entry.kind === "file" && (entry.size ?? 0) <= maxManifestBytes;
}

/** Texts by blob SHA, as far as they were asked for, and why there are none of others. */
export class Blobs {
  readonly texts = new Map<string, string>();
  readonly failures = new Map<string, string>();
  readonly #github: Pick<GitHub, "blobs">;

  constructor(github: Pick<GitHub, "blobs">) {
    this.#github = github;
  }

  /** Reads files and keeps the texts that are wanted; `whole` where every text is, whatever it says. */
  async read(
    entries: readonly TreeEntry[],
    isWanted: (text: string) => boolean,
    whole = false,
  ): Promise<void> {
    const shas = entries.filter(isReadable).map(({ sha }) => sha);
    const asked = [...new Set(shas)].filter((sha) => !this.texts.has(sha));
    for (let start = 0; start < asked.length; start += blobsAtOnce) {
      for (const [sha, blob] of await this.#github.blobs(asked.slice(start, start + blobsAtOnce), whole)) {
        if (!("text" in blob)) this.failures.set(sha, whyUnreadable[blob.unreadable]);
        else if (isWanted(blob.text)) this.texts.set(sha, blob.text);
      }
    }
  }

  /** The texts of the paths that have one. */
  of(entries: Entries, paths: Iterable<string>): Map<string, string> {
    const texts = new Map<string, string>();
    for (const path of paths) {
      const entry = entries.get(path);
      const text = entry?.kind === "file" ? this.texts.get(entry.sha) : undefined;
      if (text !== undefined) texts.set(path, text);
    }
    return texts;
  }
}
