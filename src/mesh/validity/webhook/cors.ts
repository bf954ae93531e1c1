import type { Path } from "../../../manifest/source.ts";
import type { CorsPolicy, StringMatch } from "../../istio.ts";
import { parseDuration, second } from "../duration.ts";
import { quote } from "../schema/wording.ts";
import { wholeMilliseconds } from "./durations.ts";
import { error, type Issues } from "./issue.ts";
import { regexMatch } from "./string-match.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"];
const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;

/** A CORS policy (validation.go `validateCORSPolicy`). */
export function* corsPolicy(policy: CorsPolicy | undefined, path: Path): Issues {
  if (!policy) return;
  for (const [index, origin] of (policy.allowOrigins ?? []).entries()) {
    yield* allowedOrigin(origin, [...path, "allowOrigins", index]);
  }
  for (const [index, method] of (policy.allowMethods ?? []).entries()) {
    if (methods.includes(method)) continue;
    const fix = methods.includes(method.toUpperCase()) ? `write \`${method.toUpperCase()}\`` : null;
    yield error(
      "unknown-value",
      [...path, "allowMethods", index],
      `${quote(method)} is not an HTTP method`,
      fix,
    );
  }
  for (const field of ["allowHeaders", "exposeHeaders"] as const) {
    for (const [index, name] of (policy[field] ?? []).entries()) {
      if (token.test(name)) continue;
      yield error("invalid-header", [...path, field, index], `${quote(name)} is not the name of a header`);
    }
  }
  yield* maxAge(policy.maxAge, [...path, "maxAge"]);
}

function* allowedOrigin(origin: StringMatch, path: Path): Issues {
  if (!(origin.exact || origin.prefix || origin.regex)) {
    yield error(
      "empty-match",
      path,
      "an allowed origin needs `exact`, `prefix` or `regex`",
      "write the origin, or remove the entry",
    );
  } else yield* regexMatch(origin, path);
}

function* maxAge(text: string | undefined, path: Path): Issues {
  if (text === undefined) return;
  yield* wholeMilliseconds(text, path);
  if (parseDuration(text)! % second > 0n) {
    yield error("invalid-duration", path, `\`maxAge\` must be whole seconds, not ${text}`);
  }
}
