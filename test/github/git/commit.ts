/** Who wrote a commit, and when (`timestamp` in seconds since 1970, UTC). */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly timestamp: number;
}

export interface Commit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

const signatureLine = /^(.*?) ?<(.*)> (\d+) [+-]\d{4}$/;

function parseSignature(line: string): Signature {
  const [, name = "", email = "", timestamp = "0"] = signatureLine.exec(line) ?? [];
  return { name, email, timestamp: Number(timestamp) };
}

/** Reads a commit object: header lines, an empty line, the message. */
export function parseCommit(oid: string, body: Buffer): Commit {
  const text = body.toString();
  const end = text.indexOf("\n\n");
  const headers = text.slice(0, end).split("\n");
  const values = (key: string) =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    oid,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parseSignature(values("author")[0] ?? ""),
    committer: parseSignature(values("committer")[0] ?? ""),
    message: text.slice(end + 2).trimEnd(),
  };
}

/** ISO 8601 with seconds, as GitHub writes every time. */
export function isoTime(timestamp: number): string {
  return new Date(timestamp * 1000).toISOString().replace(".000", "");
}
