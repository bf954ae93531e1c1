import type { Scalar } from "./scalar.ts";
import type { Json } from "./source.ts";

/** A node of a document. Offsets count from the start of the document's text; -1 where nothing is written. */
export interface Node {
  readonly value: Json;
  readonly start: number;
  /** Exclusive. Collections do not say where they end: it is found when asked for. */
  readonly end: number;
  /** Of a mapping, in the order Kubernetes sets them: the last entry of a key wins. Merged keys are among them. */
  readonly entries?: readonly Entry[];
  readonly items?: readonly Node[];
  /** Nodes below and including this one, aliases counted as if written out. */
  readonly size: number;
}
export interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  readonly node: Node;
}
/** A key set twice in one mapping. The last one counts; strict decoding refuses it. */
export interface DuplicateKey {
  readonly key: string;
  readonly at: Node;
  readonly first: Node;
}
export interface Composition {
  /** Null where the text holds no document. */
  readonly root: Node | null;
  readonly duplicates: readonly DuplicateKey[];
  /** How many nodes aliases and merge keys added. */
  readonly aliased: number;
}
export interface ComposeLimits {
  /** How deep collections may nest. */
  readonly depth: number;
  /** How many nodes aliases and merge keys may add to the document. */
  readonly aliasNodes: number;
  /** Whose reading; Kubernetes' own where absent. */
  readonly dialect?: Dialect;
}
/** What readers of the same YAML disagree about. */
export interface Dialect {
  /** The value of an unquoted, untagged scalar. Throws `YamlError` for what the reader refuses. */
  plain(text: string): Scalar;
  /** How a scalar reads as a key. Throws `YamlError` for what the reader refuses. */
  key(value: Scalar, text: string): string;
  /** The value of a folded block scalar, where it is not the text itself. */
  folded?(text: string): string;
  /** Whether a mapping's own keys hold against merged ones wherever the `<<` stands; else the later entry holds. */
  readonly ownKeysHold: boolean;
}
