import type {
  Applied,
  Elsewhere,
  Json,
  ManifestDocument,
  ManifestFile,
  NotRendered,
  Path,
  Range,
} from "./source.ts";

/** A file of another repository, as this one's mesh and reports know it: `acme/mesh-shared:clusters/prod/reviews.yaml`. */
export function fileElsewhere(file: ManifestFile, elsewhere: Elsewhere): ManifestFile {
  // What cannot be read there is nobody's mistake here; it only hides what the file may hold.
  const unread = file.problems.find(({ strictOnly }) => !strictOnly);
  const hidden = file.notRendered ?? (unread && { reason: unread.message, range: unread.range });
  return {
    path: pathElsewhere(file.path, elsewhere),
    documents: file.documents.map((document) => new DocumentElsewhere(document, elsewhere)),
    problems: [],
    elsewhere,
    ...(hidden ? { notRendered: said(hidden, elsewhere) } : {}),
    ...(file.applied ? { applied: appliedElsewhere(file.applied, elsewhere) } : {}),
  };
}

/** The path of a file, or of a line's file, in the repository that it belongs to. */
export function pathAtHome({ file, elsewhere }: Pick<Range, "file" | "elsewhere">): string {
  return elsewhere ? file.slice(pathElsewhere("", elsewhere).length) : file;
}

function pathElsewhere(path: string, { repository }: Elsewhere): string {
  return `${repository}:${path}`;
}

/** A document that says of its places in which repository they are. */
class DocumentElsewhere implements ManifestDocument {
  readonly file: string;
  readonly elsewhere: Elsewhere;
  readonly atHome: ManifestDocument;

  constructor(atHome: ManifestDocument, elsewhere: Elsewhere) {
    this.file = pathElsewhere(atHome.file, elsewhere);
    this.elsewhere = elsewhere;
    this.atHome = atHome;
  }

  get index(): number {
    return this.atHome.index;
  }

  get value(): Json {
    return this.atHome.value;
  }

  locate(path: Path, part: "key" | "value" = "value"): Range {
    return rangeElsewhere(this.atHome.locate(path, part), this.elsewhere);
  }
}

function rangeElsewhere(range: Range, elsewhere: Elsewhere): Range {
  const { through } = range;
  return {
    ...range,
    file: pathElsewhere(range.file, elsewhere),
    elsewhere,
    ...(through ? { through: through.map((root) => pathElsewhere(root, elsewhere)) } : {}),
  };
}

function appliedElsewhere(applied: Applied, elsewhere: Elsewhere): Applied {
  return {
    ...applied,
    scope: pathElsewhere(applied.scope, elsewhere),
    isMoved: (document) => document instanceof DocumentElsewhere && applied.isMoved(document.atHome),
    reads: new Set([...applied.reads].map((path) => pathElsewhere(path, elsewhere))),
    notes: applied.notes.map((note) => said(note, elsewhere)),
    missing: applied.missing.map((hole) => said(hole, elsewhere)),
  };
}

function said({ reason, range }: NotRendered, elsewhere: Elsewhere): NotRendered {
  return { reason, range: rangeElsewhere(range, elsewhere) };
}
