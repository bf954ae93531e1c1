/** What a patch says, wherever it is written, and of which kind it is. */
import type { ManifestDocument, NotRendered } from "../source.ts";
import { readInline } from "./inline.ts";
import type { Patch } from "./kustomization.ts";
import { type Library, readDocuments, readResources } from "./library.ts";
import { refuse } from "./not-buildable.ts";
import type { MergeOptions } from "./strategic-merge.ts";
import { placeOf, type Traced, written } from "./traced.ts";

/** What a patch needs to know of the build that it is part of. */
export interface PatchContext {
  readonly library: Library;
  /** The path of a file that a kustomization names; ends the build where there is none. */
  readonly locate: (path: string, at: Traced) => string;
  readonly merge: MergeOptions;
  /** Whether resources are missing that Sluice cannot see, so that a patch may be meant for one of them. */
  readonly incomplete: boolean;
  readonly note: (note: NotRendered) => void;
}

export interface PatchText {
  readonly text: string;
  /** The file, where the patch is one. */
  readonly path: string | null;
  readonly at: Traced;
}

/** The text of a patch, written out or of its file. */
export function patchText(patch: Patch, { library, locate }: PatchContext): PatchText {
  const text = patch.patch.trim();
  if ((text === "") === (patch.path === "")) refuse("a patch is either written out or a path", patch.at);
  if (text !== "") return { text, path: null, at: patch.placeOf("patch") };
  const path = locate(patch.path, patch.placeOf("path"));
  return { text: library.texts.get(path) ?? "", path, at: patch.placeOf("path") };
}

/** The operations of a JSON patch; null for what is none. */
export function jsonOperations({ text, path, at }: PatchText, { library }: PatchContext): Traced | null {
  const isJson = text.startsWith("[");
  if (!isJson && !beginsAsList(text)) return null;
  const document =
    path === null
      ? readInline(at, text, library, (file, inner) => readDocuments(file, inner, {}).slice(0, 1))[0]
      : library.settings(path);
  if (document === undefined || !Array.isArray(document.value)) return null;
  if (isJson && !isValidJson(text)) refuse("what begins with a bracket has to be JSON", at);
  return written(document, document.value);
}

/** Whether the first line that says something begins a list. */
function beginsAsList(text: string): boolean {
  const line = text.split("\n").find((candidate) => !/^(?:---.*|\s*(?:#.*)?)$/.test(candidate));
  return line !== undefined && /^\s*(?:-(?:\s|$)|\[)/.test(line);
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The objects of a strategic merge patch. */
export function patchObjects(
  { text, path, at }: PatchText,
  { library }: PatchContext,
): readonly ManifestDocument[] {
  return path === null ? readInline(at, text, library, readResources) : library.resources(path);
}

/** A patch for nothing is accepted in silence, and worth a word. */
export function noteIfNothing(found: boolean, patch: Patch, { incomplete, note }: PatchContext): void {
  if (found) return;
  const reason = `no resource matches the target of this patch${incomplete ? " in this repository" : ""}`;
  note({ reason, range: placeOf(patch.placeOf("target")).range });
}
