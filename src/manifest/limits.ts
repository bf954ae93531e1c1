import { maxManifestBytes } from "./paths.ts";

/** Bounds on what a hostile file may cost. Beyond one of them stands a Problem, and the rest of the file is still read. */
export interface ReadLimits {
  /** UTF-16 code units of a file. */
  readonly fileLength: number;
  /** UTF-16 code units of one document. */
  readonly documentLength: number;
  /** Documents of a file, items of lists included. */
  readonly documents: number;
  /** How deep collections may nest. */
  readonly depth: number;
  /** Nodes that aliases and merge keys may add to a file. */
  readonly aliasNodes: number;
}

export const defaultReadLimits: ReadLimits = {
  fileLength: maxManifestBytes,
  documentLength: 1 << 20,
  documents: 10_000,
  depth: 100,
  aliasNodes: 100_000,
};
