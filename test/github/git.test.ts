import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commentableLines, hunkUpTo } from "./git/hunk.ts";
import { GitRepository } from "./git/repository.ts";
import type { FileContent } from "./git/write.ts";

let folder: string;
let repository: GitRepository;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "git-test-"));
  repository = await GitRepository.create(join(folder, "mesh.git"), "main");
});
afterAll(async () => {
  repository.close();
  await rm(folder, { recursive: true, force: true });
});

async function commit(
  branch: string,
  parent: string | null,
  files: Record<string, FileContent>,
  into = repository,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  await into.write([{ ref, parent, files, message: "a message", author: "alice", timestamp: 1_767_225_600 }]);
  return (await into.tip(branch)) ?? "";
}

describe("what Git knows", () => {
  test("the same files make the same commit everywhere", async () => {
    const other = await GitRepository.create(join(folder, "other.git"), "main");
    const files = { "a.yaml": "a: 1\n" };
    expect(await commit("same", null, files, other)).toBe(await commit("same", null, files));
    other.close();
  });

  test("a tree lists folders, links, submodules and names of any kind", async () => {
    const submodule = "0123456789012345678901234567890123456789";
    const head = await commit("names", null, {
      'folder/ü "x".yaml': "a: 1\n",
      link: { symlink: "folder" },
      module: { submodule },
      "binary.png": new Uint8Array([0, 1, 2]),
    });
    const entries = await repository.trees.recursive((await repository.commit(head)).tree);
    expect(entries.map(({ path, mode, type }) => `${mode} ${type} ${path}`)).toEqual([
      "100644 blob binary.png",
      "040000 tree folder",
      '100644 blob folder/ü "x".yaml',
      "120000 blob link",
      "160000 commit module",
    ]);
    expect(await repository.entry(head, 'folder/ü "x".yaml')).toMatchObject({ type: "blob" });
    expect(await repository.entry(head, "folder/none")).toBeNull();
  });

  test("a name with a line break asks for nothing else", async () => {
    expect(await repository.object("main\ncontents HEAD")).toBeNull();
  });

  test("a diff knows every kind of change, and renames by similarity", async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line: ${index}\n`).join("");
    const base = await commit("diff", null, {
      "changed.yaml": "a: 1\nb: 2\n",
      "gone.yaml": "a: 1\n",
      "old name.yaml": lines,
      "kind.yaml": "a: 1\n",
      "picture.png": new Uint8Array([0, 1]),
    });
    const head = await commit("diff", base, {
      "changed.yaml": "a: 1\nb: 3\n",
      "gone.yaml": null,
      "old name.yaml": null,
      "new name.yaml": lines.replace("line: 7", "line: seven"),
      "kind.yaml": { symlink: "changed.yaml" },
      "picture.png": new Uint8Array([0, 2]),
      "added.yaml": "a: 1",
    });
    const changes = await repository.changes(base, head);
    expect(changes.map(({ status, path, previousPath }) => [status, path, previousPath])).toEqual([
      ["added", "added.yaml", null],
      ["modified", "changed.yaml", null],
      ["removed", "gone.yaml", null],
      ["changed", "kind.yaml", null],
      ["renamed", "new name.yaml", "old name.yaml"],
      ["modified", "picture.png", null],
    ]);
    expect(changes.map(({ additions, deletions }) => [additions, deletions])).toEqual([
      [1, 0],
      [1, 1],
      [0, 1],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    expect(changes[1]?.patch).toBe("@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3");
    expect(changes[5]?.patch).toBeNull();
  });

  test("a test merge is a commit with both parents, and nothing on conflict", async () => {
    const root = await commit("merge-base", null, { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
    const ours = await commit("ours", root, { "a.yaml": "a: 2\n" });
    const theirs = await commit("theirs", root, { "b.yaml": "b: 2\n" });
    const against = await commit("against", root, { "a.yaml": "a: 3\n" });
    const merged = await repository.testMerge(ours, theirs);
    expect((await repository.commit(merged ?? "")).parents).toEqual([ours, theirs]);
    expect(await repository.object(`${merged}:a.yaml`)).toEqual(await repository.object(`${ours}:a.yaml`));
    expect(await repository.testMerge(ours, against)).toBeNull();
    expect(await repository.mergeBase(ours, theirs)).toBe(root);
    expect(await repository.mergeBase(ours, await commit("unrelated", null, { x: "y" }))).toBeNull();
  });

  test("a fork's commits are readable through its parent, its branches are not", async () => {
    const fork = await repository.fork(join(folder, "fork.git"), "main");
    const tip = await commit("feature", null, { "fork.yaml": "a: 1\n" }, fork);
    expect(await repository.resolve(tip)).toBe(tip);
    expect(await repository.tip("feature")).toBeNull();
    fork.close();
  });

  test("many large objects come through one reader in the order they were asked for", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `${index}\n`.repeat(20_000)]),
    );
    const head = await commit("many", null, files);
    const read = await Promise.all(
      Object.keys(files).map(async (path) =>
        (await repository.blob((await repository.object(`${head}:${path}`))?.oid ?? ""))?.toString(),
      ),
    );
    expect(read).toEqual(Object.values(files));
  });
});

describe("lines a comment may stand on", () => {
  const patch =
    "@@ -1,3 +1,3 @@ spec:\n a\n-b\n+c\n d\n@@ -10,2 +10,3 @@\n e\n+f\n g\n\\ No newline at end of file";

  test("deletions and context on the left, additions and context on the right, by hunk", () => {
    const { LEFT, RIGHT } = commentableLines(patch);
    expect([...LEFT]).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [10, 1],
      [11, 1],
    ]);
    expect([...RIGHT]).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [10, 1],
      [11, 1],
      [12, 1],
    ]);
  });

  test("the hunk of a comment ends with its line", () => {
    expect(hunkUpTo(patch, "RIGHT", 11)).toBe("@@ -10,2 +10,3 @@\n e\n+f");
    expect(hunkUpTo(patch, "LEFT", 2)).toBe("@@ -1,3 +1,3 @@ spec:\n a\n-b");
  });
});
