/** Kustomize itself, as kubectl brings it: what Sluice's builder is compared with where it is present. */
import { spawnSync } from "node:child_process";

/** The version of Kustomize whose output Sluice's equals. */
export const kustomizeVersion = "v5.5.0";

/** Why kubectl cannot be asked; null where it can. */
export function whyNotAsked(): string | null {
  const { stdout, error } = spawnSync("kubectl", ["version", "--client"], { encoding: "utf8" });
  if (error !== undefined) return "there is no kubectl on this machine";
  const version = /^Kustomize Version: (.*)$/m.exec(stdout)?.[1] ?? "none";
  return version === kustomizeVersion
    ? null
    : `kubectl brings Kustomize ${version}, and what is compared is ${kustomizeVersion}`;
}

/** What kubectl makes of a directory of a folder: the objects as text, or else its complaint. */
export type Answer = { readonly text: string } | { readonly complaint: string };

export function kubectlBuilds(folder: string, root: string): Answer {
  const { status, stdout, stderr, error } = spawnSync("kubectl", ["kustomize", root || "."], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return status === 0 ? { text: stdout } : { complaint: withoutChance(stderr, folder) };
}

/** A complaint without time, place and addresses in memory, on one line of bearable length. */
function withoutChance(stderr: string, folder: string): string {
  const [, message = stderr] = /"command failed" err=(.*)$/s.exec(stderr) ?? [];
  return message
    .replaceAll(folder, "")
    .replaceAll(/0x[0-9a-f]{6,}/g, "0x…")
    .replaceAll(/\s+/g, " ")
    .replace(/^"(.*)" $/, (_, quoted: string) => quoted.replaceAll('\\"', '"'))
    .replace(/^< (.*) > $/, "$1")
    .trim()
    .slice(0, 400);
}
