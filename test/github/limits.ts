import { limits } from "../../src/github/limits.ts";

/** GitHub's numbers: those the product keeps to, and those only the server's side needs. Sources as in `src/github/limits.ts`. */
export const serverLimits = {
  ...limits,
  /** Files of a pull request that `GET /pulls/{n}/files` lists over all pages (pulls/list-files). */
  pullRequestFiles: 3_000,
  /** Files of a comparison, on its first page only (repos/compare-commits-with-basehead). */
  compareFiles: 300,
  /** Commits of a pull request that can be listed (pulls/list-commits), and of an unpaged comparison. */
  listedCommits: 250,
  /** Largest file `GET /contents` encodes as base64; beyond it `encoding` is `none` (repos/get-content). */
  contentsBytes: 1024 * 1024,
  annotationRawDetailsBytes: 64 * 1024,
  /** Page length where the request names none. */
  defaultPageSize: 30,
  /** Seconds an App's JWT may live, and how far its `iat` may lie ahead of GitHub's clock. */
  jwtSeconds: 600,
  jwtSkewSeconds: 1,
  installationTokenSeconds: 3600,
  requestsPerHour: 5_000,
} as const;
