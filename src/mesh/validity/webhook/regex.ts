import { RE2JS } from "re2js";
import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";

const longest = 1024;

/**
 * A regular expression that Envoy would take: RE2, at most 1,024 bytes (validation.go `validateStringRegexp`; Go cannot
 * measure the size of the compiled program, so Istio limits the text).
 */
export function* regularExpression(pattern: string, path: Path): Issues {
  // No character has more than three bytes for each of its code units.
  const size = 3 * pattern.length <= longest ? pattern.length : new TextEncoder().encode(pattern).length;
  if (size > longest) {
    yield error(
      "invalid-regex",
      path,
      `the regular expression has ${size} bytes, and ${longest} is the most`,
    );
    return;
  }
  const flaw = flawOfPattern(pattern);
  if (flaw === null) return;
  yield error(
    "invalid-regex",
    path,
    `${quote(pattern)} is not an RE2 expression: ${flaw}`,
    /\(\?<?[=!]/.test(pattern)
      ? "rewrite it without lookahead and lookbehind, which RE2 does not have"
      : null,
  );
}

/** Patterns recur all over a mesh, and compiling one takes longer than everything else about its route. */
const judged = new Map<string, string | null>();
const mostKept = 1000;

function flawOfPattern(pattern: string): string | null {
  const known = judged.get(pattern);
  if (known !== undefined) return known;
  const flaw = compilationFlaw(pattern);
  if (judged.size >= mostKept) judged.clear();
  judged.set(pattern, flaw);
  return flaw;
}

function compilationFlaw(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (failure) {
    if (failure instanceof Error) return failure.message.replace(/^error parsing regexp: /, "");
    throw failure;
  }
}
