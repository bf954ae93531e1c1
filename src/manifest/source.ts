/** Where a value stands: keys and list indexes from the root of a document. */
export type Path = readonly (string | number)[];

/** Another repository, at the commit that its files were read from. */
export interface Elsewhere {
  /** `owner/name`. */
  readonly repository: string;
  /** Null outside Git. */
  readonly commit: string | null;
}

/** A stretch of a file. Lines and columns count from 1; the end is exclusive in columns, inclusive in lines. */
export interface Range {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The directories of the kustomizations through which the line is applied, where it stands in none of them. */
  readonly through?: readonly string[];
  /** The line does not state the value itself: another one there would mean something else, or more than this value. */
  readonly derived?: true;
  /** Set where the file is another repository's: `file` then begins with its name. */
  readonly elsewhere?: Elsewhere;
  /** What applies the line, where that is not the repository as a whole: the scope of the object that was asked. */
  readonly scope?: string;
}

/** What Kubernetes sees after reading YAML. Integers beyond 2^53 stay exact as bigint. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * Something wrong with the user's input: a value that travels to the report, never thrown between rooms.
 * `code` is stable and greppable; `message` starts in lower case and names the value; `fix` says what to do.
 */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  readonly fix?: string;
  /** Ordinary decoding goes on in spite of it (`kubectl` converts leniently); only strict decoding refuses it. */
  readonly strictOnly?: true;
}

/** One document of a manifest file. Positions are found when somebody asks: most documents are never complained about. */
export interface ManifestDocument {
  readonly file: string;
  /** Set where the file is another repository's. */
  readonly elsewhere?: Elsewhere;
  /** Position among the documents of the file, from 0. An item of a `kind: List` is a document of its own. */
  readonly index: number;
  readonly value: Json;
  /**
   * Where the value (or, with `part: "key"`, its key) at `path` stands. A path that does not exist answers with
   * its deepest existing parent: the right place to say "missing here".
   */
  locate(path: Path, part?: "key" | "value"): Range;
  /** How the scalar at `path` is spelled. Absent where the document is no text. */
  spelling?(path: Path): Spelling;
}

/** A scalar as it stands in its text. */
export interface Spelling {
  /** Empty where a value is left out, and where quotes or a block indicator hold it. */
  readonly plain: string;
  readonly isQuoted: boolean;
}

/** Why a file's text is not what will be applied: it needs a renderer that Sluice does not have. */
export interface NotRendered {
  readonly reason: string;
  readonly range: Range;
}

/** How the documents of a file get into a cluster, where that is known. */
export interface Applied {
  /** What is applied together: a directory, and what tells several deployments of it apart. */
  readonly scope: string;
  /** Where documents go that name no namespace; null where nothing tells. */
  readonly namespace: string | null;
  /** The clusters that they go to, as deployments call them; none where nothing tells. */
  readonly clusters: readonly string[];
  /** Whether a document's namespace is set by a kustomization, rather than stated in its manifest. */
  isMoved(document: ManifestDocument): boolean;
  /** Every path that the documents were made from, whether there is a file or not. */
  readonly reads: ReadonlySet<string>;
  /** What is accepted in silence when they are built: a patch for nothing. */
  readonly notes: readonly NotRendered[];
  /** What could not be built, or comes from elsewhere. */
  readonly missing: readonly NotRendered[];
}

/** A file as read: its documents, what was wrong with the rest, and whether it is a template. */
export interface ManifestFile {
  readonly path: string;
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly Problem[];
  /** Set when the text mentions an Istio kind but cannot be evaluated without rendering. */
  readonly notRendered?: NotRendered;
  /** Set where the documents are what a kustomization builds or a deployment places. */
  readonly applied?: Applied;
  /** Set where the file is another repository's. */
  readonly elsewhere?: Elsewhere;
}
