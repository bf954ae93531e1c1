import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Terminal } from "../../src/cli/command.ts";

/** A temporary folder with these files, gone when the test ends. */
export function folder(files: Record<string, string | Uint8Array>): string {
  const path = mkdtempSync(join(tmpdir(), "sluice-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  write(path, files);
  return path;
}

/** Writes files into a folder. */
export function write(path: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
}

/** Runs git in a folder, as nobody in particular. */
export function git(path: string, ...args: string[]): string {
  return execFileSync(
    "git",
    [
      "-C",
      path,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.com",
      "-c",
      "init.defaultBranch=main",
      ...args,
    ],
    { encoding: "utf8" },
  ).trim();
}

/** A terminal that remembers what was written. */
export function recording(
  standingIn: string,
  input = "",
): Terminal & { readonly shown: { out: string; error: string } } {
  const shown = { out: "", error: "" };
  return {
    shown,
    out: (text) => {
      shown.out += text;
    },
    error: (text) => {
      shown.error += text;
    },
    input: async () => input,
    folder: standingIn,
    colours: false,
  };
}
