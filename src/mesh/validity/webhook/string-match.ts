import type { Path } from "../../../manifest/source.ts";
import type { StringMatch } from "../../istio.ts";
import { error, type Issues } from "./issue.ts";
import { regularExpression } from "./regex.ts";

/** A string match whose prefix may not be empty (virtualservice.go `validateStringMatch`); absent and `{}` match anything. */
export function* stringMatch(match: StringMatch | undefined, path: Path): Issues {
  if (match?.prefix === "") {
    const message = "an empty `prefix` matches nothing that Envoy accepts";
    yield error("empty-match", [...path, "prefix"], message, "remove the match, or write a prefix");
  }
  yield* regexMatch(match, path);
}

/** A string match of which only the regular expression is checked, as Istio does for `uri` (`validateStringMatchRegexp`). */
export function* regexMatch(match: StringMatch | undefined, path: Path): Issues {
  if (match?.regex === undefined) return;
  const at = [...path, "regex"];
  if (match.regex === "")
    yield error("empty-match", at, "an empty `regex` is refused", "remove the match, or write `.*`");
  else yield* regularExpression(match.regex, at);
}
