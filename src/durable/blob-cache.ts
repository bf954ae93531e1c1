import { mattersToMesh } from "../manifest/mention.ts";

/** Texts found, SHAs that are not here, and SHAs for which the answer had no room. */
export interface CachedTexts {
  readonly found: ReadonlyMap<string, string>;
  readonly missed: readonly string[];
  readonly left: readonly string[];
}

/** One call between Durable Objects carries at most 32 MiB; a character may take two bytes, or three. */
export const portionCharacters = 8 * 1024 * 1024;

/** A row of SQLite holds 2 MB, and such manifests are rare enough to be read each time. */
const largestText = 1_000_000;
/** All texts of one repository; a Durable Object may hold far more, but somebody pays for it. */
const largestCache = 256_000_000;
/** Reading a text counts as a use only so often, because every write is paid for. */
const usePrecision = 24 * 60 * 60_000;

/**
 * Texts of one repository's blobs by SHA. A text that cannot matter to the mesh is kept as the mere knowledge of that,
 * and answered as an empty text, which is as irrelevant. That judgement belongs to the program that made it.
 */
export class BlobCache {
  readonly #sql: SqlStorage;
  readonly #version: string;

  constructor(sql: SqlStorage, version: string) {
    this.#sql = sql;
    this.#version = version;
    sql.exec(`CREATE TABLE IF NOT EXISTS blob (
      sha TEXT PRIMARY KEY, text TEXT, irrelevantTo TEXT, size INTEGER NOT NULL, used INTEGER NOT NULL
    ) WITHOUT ROWID`);
  }

  /** With `whole`, what is kept as irrelevant alone counts as missing: it matters to a kustomization. */
  texts(shas: readonly string[], whole: boolean, now: number): CachedTexts {
    const found = new Map<string, string>();
    const missed: string[] = [];
    let room = portionCharacters;
    for (const [index, sha] of shas.entries()) {
      if (room <= 0) return { found, missed, left: shas.slice(index) };
      const text = this.#text(sha, whole, now);
      if (text === null) missed.push(sha);
      else found.set(sha, text);
      room -= text?.length ?? 0;
    }
    return { found, missed, left: [] };
  }

  keep(texts: ReadonlyMap<string, string>, whole: boolean, now: number): void {
    for (const [sha, text] of texts) {
      const relevant = whole || mattersToMesh(text);
      if (relevant && text.length > largestText) continue;
      const [kept, version] = relevant ? [text, null] : [null, this.#version];
      const size = sha.length + (kept?.length ?? 0);
      this.#sql.exec("INSERT OR REPLACE INTO blob VALUES (?, ?, ?, ?, ?)", sha, kept, version, size, now);
    }
    this.#evict();
  }

  #text(sha: string, whole: boolean, now: number): string | null {
    const [row] = this.#sql
      .exec<{ text: string | null; irrelevantTo: string | null; used: number }>(
        "SELECT text, irrelevantTo, used FROM blob WHERE sha = ?",
        sha,
      )
      .toArray();
    if (!row || (row.text === null && (whole || row.irrelevantTo !== this.#version))) return null;
    if (now - row.used > usePrecision) this.#sql.exec("UPDATE blob SET used = ? WHERE sha = ?", now, sha);
    return row.text ?? "";
  }

  /** Makes room by forgetting what was not used for longest. */
  #evict(): void {
    const { total } = this.#sql
      .exec<{ total: number }>("SELECT coalesce(sum(size), 0) AS total FROM blob")
      .one();
    let excess = total - largestCache;
    if (excess <= 0) return;
    const oldest = this.#sql
      .exec<{ sha: string; size: number }>("SELECT sha, size FROM blob ORDER BY used")
      .toArray();
    for (const { sha, size } of oldest) {
      if (excess <= 0) break;
      this.#sql.exec("DELETE FROM blob WHERE sha = ?", sha);
      excess -= size;
    }
  }
}
