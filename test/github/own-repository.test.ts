import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GitRepository } from "./git/repository.ts";
import { createGitHub, repositoryFromGit } from "./index.ts";

let folder: string;
let source: string;
const base = "refs/heads/main";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-repository-"));
  source = join(folder, "my-mesh");
  const repository = await GitRepository.create(source, "main");
  const commit = { message: "m", author: "alice", timestamp: 1_767_225_600 };
  await repository.write([{ ref: base, parent: null, files: { "a.yaml": "a: 1\n" }, ...commit }]);
  const parent = await repository.tip("main");
  await repository.write([{ ref: "refs/heads/mine", parent, files: { "a.yaml": "a: 2\n" }, ...commit }]);
  repository.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file below the user's folder, with its contents. */
async function fingerprint(): Promise<string[]> {
  const paths = await readdir(source, { recursive: true });
  return Promise.all(
    paths.sort().map(async (path) => {
      const isFile = (await stat(join(source, path))).isFile();
      return `${path} ${isFile ? await readFile(join(source, path), "hex") : ""}`;
    }),
  );
}

test("the user's repository is served from a clone and never written to", async () => {
  const before = await fingerprint();
  const own = await repositoryFromGit(source, { base: "main", head: "mine" });
  expect(own).toMatchObject({ name: "my-mesh", defaultBranch: "main", head: "mine" });
  expect((await readFile(join(own.directory, "objects", "info", "alternates"), "utf8")).trim()).toContain(
    "my-mesh",
  );
  const github = await createGitHub({ repositories: [own] });
  const repo = github.repository("acme/my-mesh");
  const pull = await github.openPullRequest({ repo, head: own.head });
  await github.push({ repo, branch: own.head, files: { "a.yaml": "a: 3\n" } });
  await github.merge(pull);
  await github.stop();
  expect(await fingerprint()).toEqual(before);
  await expect(stat(own.directory)).rejects.toThrow("ENOENT");
});

test("revisions that are no branches get branches of their own", async () => {
  const own = await repositoryFromGit(source, { base: "mine~1", head: "mine^{commit}" });
  expect(own).toMatchObject({ defaultBranch: "base", head: "head" });
  await rm(own.directory, { recursive: true });
});

test("what Git cannot find is said in Git's words", async () => {
  await expect(repositoryFromGit(source, { base: "main", head: "nothing" })).rejects.toThrow("nothing");
  await expect(repositoryFromGit(join(folder, "none"), { base: "main", head: "main" })).rejects.toThrow(
    "none",
  );
});
