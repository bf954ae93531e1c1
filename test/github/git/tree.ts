import type { ObjectReader } from "./object-reader.ts";

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly oid: string;
}

/** The direct entries of a tree object (`<mode> <name>\0<20 bytes>` each), in Git's order. */
export function parseTree(body: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const end = body.indexOf(0, space);
    const mode = body.toString("latin1", at, space).padStart(6, "0");
    entries.push({
      path: body.toString("utf8", space + 1, end),
      mode,
      type: mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob",
      oid: body.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** Reads trees of one repository. A tree never changes, so each is read once. */
export class TreeReader {
  readonly #objects: ObjectReader;
  readonly #trees = new Map<string, Promise<TreeEntry[]>>();
  readonly #sizes = new Map<string, number>();

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  /** The direct entries of the tree with this object id. */
  entries(oid: string): Promise<TreeEntry[]> {
    let entries = this.#trees.get(oid);
    if (entries === undefined) {
      entries = this.#objects.read(oid).then((object) => parseTree(object?.body ?? Buffer.alloc(0)));
      this.#trees.set(oid, entries);
    }
    return entries;
  }

  /** Every entry below a tree, folders before their contents as `git ls-tree -r -t` lists them. */
  async recursive(oid: string, below = ""): Promise<TreeEntry[]> {
    const entries = await this.entries(oid);
    const nested = await Promise.all(
      entries.map(async (entry) => {
        const here = { ...entry, path: below + entry.path };
        return entry.type === "tree" ? [here, ...(await this.recursive(entry.oid, `${here.path}/`))] : [here];
      }),
    );
    return nested.flat();
  }

  /** Sizes in bytes of blobs, asked for together. */
  async sizes(oids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const unknown = new Set(oids.filter((oid) => !this.#sizes.has(oid)));
    await Promise.all(
      [...unknown].map(async (oid) => this.#sizes.set(oid, (await this.#objects.info(oid))?.size ?? 0)),
    );
    return this.#sizes;
  }

  /** The entry at a path below a tree; null when there is none. */
  async at(oid: string, path: string): Promise<TreeEntry | null> {
    let entry: TreeEntry | null = { path: "", mode: "040000", type: "tree", oid };
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (entry?.type !== "tree") return null;
      entry = (await this.entries(entry.oid)).find((candidate) => candidate.path === name) ?? null;
    }
    return entry === null ? null : { ...entry, path };
  }
}
