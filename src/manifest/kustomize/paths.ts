import { refuse } from "./not-buildable.ts";
import type { Traced } from "./traced.ts";

export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/** Whether a file of this path is a kustomization by its name. */
export function isKustomizationPath(path: string): boolean {
  return (kustomizationNames as readonly string[]).includes(path.slice(path.lastIndexOf("/") + 1));
}

/** The directory that a path stands in; the root of the repository is the empty string. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/**
 * A path as written in a directory, from where directories are counted: the root of the repository, or the folder one
 * stands in, out of which a path may lead. Null for an absolute path.
 */
export function joined(directory: string, path: string): string | null {
  if (path.startsWith("/")) return null;
  const parts = directory === "" ? [] : directory.split("/");
  for (const part of path.split("/")) {
    if (part === "..") {
      if ((parts.at(-1) ?? "..") === "..") parts.push("..");
      else parts.pop();
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** A path as a kustomization writes it; ends the build where it is absolute. */
export function demandPath(directory: string, path: string, at: Traced): string {
  return joined(directory, path) ?? refuse(`${path} is not a path from the kustomization`, at);
}

/** Says that nothing is at a path. */
export function nothingAt(path: string, what: string): string {
  return leadsOut(path) ? `${path} leads out of the repository` : `there is ${what} ${path || "."}`;
}

function leadsOut(path: string): boolean {
  return path === ".." || path.startsWith("../");
}

/** Whether a directory is `of` or lies inside it. */
export function isWithin(directory: string, of: string): boolean {
  return of === "" ? !leadsOut(directory) : directory === of || directory.startsWith(`${of}/`);
}

/**
 * Whether kustomize would fetch it: an address of a Git repository or of a file (api `internal/git/repospec.go`).
 */
export function isRemote(path: string): boolean {
  const address = path.replace(/^git::/i, "");
  if (/^(?:https?|ssh|file):\/\//i.test(address)) return true;
  if (/^[a-zA-Z][a-zA-Z0-9-]*@[^/]+[:/]/.test(address)) return true;
  return /^github\.com[/:][^/]+\/[^/]/i.test(address);
}
