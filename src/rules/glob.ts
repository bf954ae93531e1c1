import picomatch from "picomatch/posix.js";

const compiled = new Map<string, (text: string) => boolean>();

/** Whether a text matches one of the globs; no list means everything. */
export function matchesAny(globs: readonly string[] | undefined, text: string): boolean {
  return (
    globs?.some((glob) => {
      const matcher = compiled.get(glob) ?? picomatch(glob, { dot: true });
      compiled.set(glob, matcher);
      return matcher(text);
    }) ?? true
  );
}
