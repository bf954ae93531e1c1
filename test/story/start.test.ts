import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const sample = join(root, "test", "start", "sample");
const folder = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A busy machine takes its time to start a runtime; that is no reason to fail. */
const patient = { timeout: 120_000 };

/** Every process of one start inherits this variable. */
const marker = "SLUICE_TEST_START";

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** Command lines of what is still running. */
  readonly left: readonly string[];
}

function start(args: readonly string[], until?: (output: string) => boolean): Promise<Ended> {
  const id = randomUUID();
  const env = { ...process.env, [marker]: id, INIT_CWD: folder, TMPDIR: folder };
  const child = spawn(process.execPath, [join(root, "test", "start", "start.js"), ...args], { env });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
    if (until?.(output)) child.kill("SIGINT");
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, errors, left: running(id) }));
  });
}

/** Processes that carry the marker, where the system shows them (Linux). */
function running(id: string): string[] {
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
  const processes = existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return processes.flatMap((pid) => {
    try {
      return read(`/proc/${pid}/environ`).includes(`${marker}=${id}`) ? [read(`/proc/${pid}/cmdline`)] : [];
    } catch {
      return []; // it ended meanwhile, or is somebody else's
    }
  });
}

/** A Git repository with the sample's `main` and a branch with the sample's change. */
function ownRepository(): string {
  const path = join(folder, "my-mesh");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=me", "-c", "user.email=me@example.com", ...args], { cwd: path });
  cpSync(join(sample, "base"), path, { recursive: true });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "Start");
  git("checkout", "-qb", "my-branch");
  cpSync(join(sample, "head"), path, { recursive: true });
  git("commit", "-qam", "Give the canary more");
  return path;
}

test(
  "npm start --once shows the finished check of the sample and leaves nothing behind",
  patient,
  async () => {
    const { code, output, errors, left } = await start(["--once"]);
    expect(errors).toBe("");
    expect(output).toContain("Blocked: VirtualService/shop/product: 50 points");
    expect(output).toMatch(/before +stable 90 %, canary 10 %\n +after +stable 40 %, canary 60 %/);
    expect(output).toMatch(/shop\/sidecar\.yaml:10/);
    expect(output).toMatch(/http:\/\/localhost:\d+\/acme\/mesh\/pull\/1/);
    expect(code).toBe(0);
    expect(left).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("a repository of one's own is judged by the policy named, and only read", patient, async () => {
  const path = ownRepository();
  const policy = join(sample, "policy", ".github", "sluice.yaml");
  const args = ["--once", "--repo", "my-mesh", "--base", "main", "--head", "my-branch"];
  const refs = () => execFileSync("git", ["for-each-ref"], { cwd: path, encoding: "utf8" });
  const before = refs();
  const observed = await start(args);
  expect(observed.output).toContain("Would block: VirtualService/shop/product: 50 points");
  const enforced = await start([...args, "--policy", policy]);
  expect(enforced.output).toContain("Blocked: VirtualService/shop/product: 50 points");
  expect([observed.code, enforced.code]).toEqual([0, 0]);
  expect(refs()).toBe(before);
});

test("without --once the page stays until the user ends it, and then nothing is left", patient, async () => {
  const { code, left } = await start([], (output) => output.includes("Ctrl-C ends everything"));
  expect(code).toBe(0);
  expect(left).toEqual([]);
});

test("what cannot be understood is refused with 64, before anything starts", patient, async () => {
  const { code, errors } = await start(["--base", "main"]);
  expect(errors).toContain("--base needs --repo");
  expect(code).toBe(64);
});
