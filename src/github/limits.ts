/** Every number GitHub sets, in one place. Sources: github/docs and the OpenAPI description `@octokit/openapi` 23. */
export const limits = {
  /** Annotations in one request; an update appends (checks/create, checks/update). */
  annotationsPerRequest: 50,
  /** Characters of `output.summary` and of `output.text`. */
  checkOutputCharacters: 65_535,
  annotationMessageBytes: 64 * 1024,
  annotationTitleCharacters: 255,
  checkActions: 3,
  /** Characters of an issue comment or a review body. */
  commentCharacters: 65_536,
  /** GraphQL cuts `Blob.text` here and sets `isTruncated`. */
  graphqlTextBytes: 512_000,
  /** Blobs asked for in one GraphQL query: keeps the query below GitHub's time limit. */
  blobsPerQuery: 100,
  /** `git/trees?recursive=1` is cut beyond this many entries (git/get-tree). */
  treeEntries: 100_000,
  /** Largest page of any list. */
  pageSize: 100,
  /** GitHub does not fire webhooks with larger payloads. */
  webhookBytes: 25 * 1024 * 1024,
} as const;
