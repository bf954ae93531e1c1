/** A document that Kubernetes would refuse to read. Thrown inside this room only; `readManifests` turns it into a Problem. */
export class YamlError extends Error {
  readonly code: string;
  readonly fix: string;
  /** Offset into the document's text; absent where the thrower does not know it. */
  readonly offset: number | undefined;

  constructor(code: string, message: string, more: { readonly fix: string; readonly offset?: number }) {
    super(message);
    this.code = code;
    this.fix = more.fix;
    this.offset = more.offset;
  }
}
