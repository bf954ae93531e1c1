import type { Path } from "../../../manifest/source.ts";
import type { HTTPMatchRequest, HTTPRedirect, HTTPRewrite, HTTPRoute } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { destination } from "./destinations.ts";
import { httpStatusInRange } from "./fault.ts";
import { error, type Issues, warning } from "./issue.ts";
import { isPort } from "./ports.ts";
import { regularExpression } from "./regex.ts";

/** A redirect (validation.go `validateHTTPRedirect`, which stops at the first error). */
export function* redirectAction(
  redirect: HTTPRedirect | undefined,
  matches: readonly HTTPMatchRequest[] | undefined,
  path: Path,
): Issues {
  if (!redirect) return;
  const { uri, prefixRewrite, authority, scheme, redirectCode: code = 0, port } = redirect;
  const changes =
    uri || prefixRewrite || authority || scheme || port !== undefined || redirect.derivePort !== undefined;
  if (uri && prefixRewrite) {
    yield error(
      "conflict",
      path,
      "a redirect may have `uri` or `prefixRewrite`, not both",
      "remove one of them",
    );
  } else if (prefixRewrite && (matches ?? []).some(({ uri: match }) => match && match.prefix === undefined)) {
    const message =
      "`prefixRewrite` replaces a matched prefix, so every `uri` match of the route must be a `prefix`";
    yield error("conflict", [...path, "prefixRewrite"], message, "match by `uri.prefix`, or use `uri`");
  } else if (!changes) {
    const message =
      "a redirect needs something to change: `uri`, `prefixRewrite`, `authority`, `scheme` or `port`";
    yield error("required", path, message);
  } else if (code !== 0 && (code < 300 || code > 399)) {
    yield error(
      "out-of-range",
      [...path, "redirectCode"],
      `${code} is not a redirect code`,
      "write 301, 302, 303, 307 or 308",
    );
  } else if (scheme && scheme !== "http" && scheme !== "https") {
    yield error(
      "unknown-value",
      [...path, "scheme"],
      `\`scheme\` cannot be ${quote(scheme)}`,
      "write `http` or `https`",
    );
  } else if (port && !isPort(port)) {
    yield error("invalid-port", [...path, "port"], `${port} is not a port: ports go from 1 to 65535`);
  }
}

const kibibyte = 1024;

/** A response without an upstream (validation.go `validateHTTPDirectResponse`). */
export function* directResponseAction(response: HTTPRoute["directResponse"], path: Path): Issues {
  if (!response) return;
  const text = response.body?.string;
  // Decoded bytes have one character each.
  const size =
    text === undefined ? (response.body?.bytes ?? "").length : new TextEncoder().encode(text).length;
  const at = [...path, "body"];
  if (size > 1024 * kibibyte)
    yield error("too-long", at, `the body has ${size} bytes, and 1 MiB is the most`);
  else if (size > 100 * kibibyte) {
    yield warning("large-body", at, `the body has ${size} bytes, which burdens istiod and every proxy`);
  }
  yield* httpStatusInRange(response.status ?? 0, [...path, "status"]);
}

/** A rewrite of path or authority (validation.go `validateHTTPRewrite`). */
export function* rewriteAction(rewrite: HTTPRewrite | undefined, path: Path): Issues {
  if (!rewrite) return;
  const { uri, authority, uriRegexRewrite } = rewrite;
  if (uri && uriRegexRewrite) {
    yield error(
      "conflict",
      path,
      "a rewrite may have `uri` or `uriRegexRewrite`, not both",
      "remove one of them",
    );
  } else if (!uri && !authority && !uriRegexRewrite) {
    yield error("required", path, "a rewrite needs `uri`, `uriRegexRewrite` or `authority`");
  } else if (uriRegexRewrite && !(uriRegexRewrite.match && uriRegexRewrite.rewrite)) {
    yield error(
      "required",
      [...path, "uriRegexRewrite"],
      "`uriRegexRewrite` needs both `match` and `rewrite`",
    );
  } else if (uriRegexRewrite?.match) {
    yield* regularExpression(uriRegexRewrite.match, [...path, "uriRegexRewrite", "match"]);
  }
}

/** Mirrors of a route, old and new form (virtualservice.go `validateHTTPRoute`, validation.go `validateHTTPMirrors`). */
export function* mirrorActions(route: HTTPRoute, path: Path): Issues {
  if (route.mirrorPercent !== undefined) {
    const at = [...path, "mirrorPercent"];
    if (route.mirrorPercent > 100)
      yield error("out-of-range", at, `\`mirrorPercent\` must be at most 100, not ${route.mirrorPercent}`);
    yield warning(
      "deprecated",
      at,
      "`mirrorPercent` is deprecated",
      "write `mirrorPercentage: { value: … }`",
    );
  }
  yield* mirrorPercentage(route.mirrorPercentage?.value, [...path, "mirrorPercentage"]);
  yield* destination(route.mirror, [...path, "mirror"]);
  for (const [index, mirror] of (route.mirrors ?? []).entries()) {
    const at = [...path, "mirrors", index];
    if (!mirror.destination) {
      yield error(
        "required",
        [...at, "destination"],
        "a mirror needs `destination`",
        "add `destination` with `host`",
      );
      continue;
    }
    yield* destination(mirror.destination, [...at, "destination"]);
    yield* mirrorPercentage(mirror.percentage?.value, [...at, "percentage"]);
  }
}

function* mirrorPercentage(value = 0, path: Path): Issues {
  if (value < 0 || value > 100) {
    yield error(
      "out-of-range",
      [...path, "value"],
      `the share of mirrored requests must be from 0 to 100, not ${value}`,
    );
  }
}
