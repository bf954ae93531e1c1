import * as z from "zod";

/** The slices of GitHub's webhook payloads that decide anything here; the rest is not looked at. */

const commit = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
const noCommit = /^0+$/;

const source = {
  installation: z.object({ id: z.int().positive() }),
  repository: z.object({
    id: z.int().positive(),
    name: z.string().min(1),
    owner: z.object({ login: z.string().min(1) }),
    default_branch: z.string().min(1),
  }),
};

/** What every event has in common, read before anything else. */
export const anyEvent = z.object({
  action: z.string().optional(),
  installation: z.object({}).nullish(),
});

export const pullRequestEvent = z.object({
  ...source,
  changes: z.object({ base: z.unknown().optional() }).optional(),
  pull_request: z.object({
    number: z.int().positive(),
    html_url: z.url(),
    updated_at: z.iso.datetime({ offset: true }),
    head: z.object({ sha: commit }),
  }),
});

export const checkRunEvent = z.object({
  ...source,
  check_run: z.object({ head_sha: commit }),
});

const account = z.object({ id: z.int().positive(), login: z.string().min(1), type: z.string() });

export const pressEvent = z.object({
  ...source,
  sender: account,
  requested_action: z.object({ identifier: z.string() }),
  check_run: z.object({ head_sha: commit, external_id: z.string() }),
});

export const commentEvent = z.object({
  ...source,
  sender: account,
  changes: z.object({ body: z.object({ from: z.string() }).optional() }).optional(),
  issue: z.object({ number: z.int().positive(), html_url: z.url(), pull_request: z.object({}).optional() }),
  comment: z.object({
    id: z.int().positive(),
    body: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    user: account.nullable(),
  }),
});

export const reviewEvent = z.object({
  ...source,
  review: z.object({ id: z.int().positive(), state: z.string(), user: account.nullable() }),
  pull_request: z.object({ number: z.int().positive(), html_url: z.url() }),
});

export const mergeGroupEvent = z.object({
  ...source,
  merge_group: z.object({ head_sha: commit, base_ref: z.string().min(1) }),
});

export const checkSuiteEvent = z.object({
  ...source,
  check_suite: z.object({ head_sha: commit }),
});

export const pushEvent = z.object({
  ...source,
  ref: z.string().min(1),
  before: commit,
  after: commit,
});

/** GitHub writes a commit that does not exist (a branch created or deleted) as zeros. */
export function existingCommit(sha: string): string | null {
  return noCommit.test(sha) ? null : sha;
}

export type Source = z.infer<z.ZodObject<typeof source>>;
