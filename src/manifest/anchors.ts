import type { Node } from "./node.ts";
import { YamlError } from "./yaml-error.ts";

/** The anchors of a document, and how much its aliases may add to it. */
export class Anchors {
  /** By name, the node last anchored; "open" while it is still being read, when an alias to it would be recursive. */
  readonly #nodes = new Map<string, Node | "open">();
  readonly #limit: number;
  /** Nodes that aliases added so far. */
  added = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  set(name: string, node: Node | "open"): void {
    this.#nodes.set(name, node);
  }

  /** What `*name` stands for, as a node at the alias's own place. Throws {@link YamlError} for what cannot be referred to. */
  refer(name: string, start: number, end: number): Node {
    const target = this.#nodes.get(name);
    if (target === undefined) {
      throw new YamlError("unknown-anchor", `no anchor \`&${name}\` stands before its alias`, {
        offset: start,
        fix: "define the anchor in this document, above its use",
      });
    }
    if (target === "open") {
      throw new YamlError("recursive-alias", `the value of anchor \`&${name}\` contains itself`, {
        offset: start,
        fix: "write the value out instead of referring to it",
      });
    }
    this.added += target.size;
    if (this.added > this.#limit) {
      throw new YamlError("alias-expansion", "aliases expand to more values than is allowed", {
        offset: start,
        fix: "write the values out, or split the file",
      });
    }
    return { ...target, start, end };
  }
}
