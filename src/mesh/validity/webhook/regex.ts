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
  const size = new TextEncoder().encode(pattern).length;
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

function flawOfPattern(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (failure) {
    if (failure instanceof Error) return failure.message.replace(/^error parsing regexp: /, "");
    throw failure;
  }
}
