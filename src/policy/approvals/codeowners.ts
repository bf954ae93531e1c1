import { RE2JS } from "re2js";

/** GitHub does not load a larger file (github/docs, about-code-owners.md). */
const maxCharacters = 3 * 1024 * 1024;

/**
 * The owners of a path (`@user`, `@organisation/team`) by the text of CODEOWNERS: the last line that matches decides, and a
 * line without owners takes the path from everybody. Lines that GitHub would refuse are skipped, as it does.
 */
export function ownersOf(codeowners: string, path: string): readonly string[] {
  if (codeowners.length > maxCharacters) return [];
  const matching = codeowners.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    if (!pattern || !isPattern(pattern) || !matches(pattern, path)) return [];
    return [owners];
  });
  return (matching.at(-1) ?? []).filter((owner) => owner.startsWith("@"));
}

/** GitHub knows neither negation nor ranges here. */
function isPattern(pattern: string): boolean {
  return !/^!|[[\]\\]/.test(pattern);
}

/** The rules of .gitignore, but `dir/*` speaks of direct children only. */
function matches(pattern: string, path: string): boolean {
  const anchored = pattern.replace(/\/$/, "").includes("/");
  const body = pattern.replace(/^\//, "").replace(/\/$/, "");
  const expression = body
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => wildcards[part] ?? RE2JS.quote(part))
    .join("");
  const below = pattern.endsWith("/") ? "/.*" : pattern.endsWith("*") ? "" : "(/.*)?";
  return RE2JS.compile(`${anchored ? "" : "(.*/)?"}${expression}${below}`).matches(path);
}

const wildcards: Readonly<Record<string, string>> = {
  "**/": "(.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};
