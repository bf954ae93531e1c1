import type { Path } from "../../../manifest/source.ts";
import type { HTTPMatchRequest, StringMatch } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { gatewayNames } from "./gateway-names.ts";
import { error, errorsOf, type Issues } from "./issue.ts";
import { isDnsLabel, labelMap } from "./names.ts";
import { optionalPort } from "./ports.ts";
import { regexMatch, stringMatch } from "./string-match.ts";

/** The matches of an HTTP route (virtualservice.go `validateHTTPRouteMatchRequest`). */
export function* httpMatches(matches: readonly HTTPMatchRequest[] | undefined, path: Path): Issues {
  for (const [index, match] of (matches ?? []).entries()) yield* httpMatch(match, [...path, index]);
}

function* httpMatch(match: HTTPMatchRequest, path: Path): Issues {
  if (match.headers) yield* headerMatches(match.headers, [...path, "headers"], () => false);
  // `*` is no regular expression here: pilot reads it as "present".
  if (match.withoutHeaders)
    yield* headerMatches(match.withoutHeaders, [...path, "withoutHeaders"], ({ regex }) => regex === "*");
  if (match.uri?.regex !== undefined) yield* regexMatch(match.uri, [...path, "uri"]);
  for (const field of ["scheme", "method", "authority"] as const)
    if (match[field]) yield* stringMatch(match[field], [...path, field]);
  for (const [name, query] of Object.entries(match.queryParams ?? {})) {
    yield* stringMatch(query, [...path, "queryParams", name]);
  }
  yield* optionalPort(match.port, [...path, "port"]);
  if (match.sourceLabels) yield* labelMap(match.sourceLabels, [...path, "sourceLabels"]);
  if (match.gateways) yield* errorsOf(gatewayNames(match.gateways, [...path, "gateways"]));
  if (match.sourceNamespace && !isDnsLabel(match.sourceNamespace)) {
    const message = `${quote(match.sourceNamespace)} is not a namespace`;
    yield error("invalid-namespace", [...path, "sourceNamespace"], message);
  }
}

type HeaderMatches = Readonly<Record<string, StringMatch>>;

function* headerMatches(
  headers: HeaderMatches,
  path: Path,
  isPresence: (match: StringMatch) => boolean,
): Issues {
  for (const [name, match] of Object.entries(headers)) {
    yield* matchedHeaderName(name, [...path, name]);
    if (!isPresence(match)) yield* stringMatch(match, [...path, name]);
  }
}

const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const pseudoHeaders = [":method", ":scheme", ":authority", ":path", ":status"];

function* matchedHeaderName(name: string, path: Path): Issues {
  if (name === "") yield error("invalid-header", path, "a header needs a name");
  else if (!isJwtClaim(name) && !pseudoHeaders.includes(name) && !token.test(name)) {
    yield error("invalid-header", path, `${quote(name)} is not the name of a header`);
  }
}

/** A header name that stands for a claim of the request's JWT: `@request.auth.claims.group` or `…[group]` (pkg/jwt/routing.go). */
export function isJwtClaim(name: string): boolean {
  return /^@request\.auth\.claims(?:\..+|\[.+\])$/is.test(name);
}

/** Claims of the request's JWT are known at gateways only. */
export function* jwtClaims(match: HTTPMatchRequest, path: Path): Issues {
  for (const field of ["headers", "withoutHeaders"] as const) {
    for (const name of Object.keys(match[field] ?? {}).filter(isJwtClaim)) {
      yield error(
        "jwt-claim-in-mesh",
        [...path, field, name],
        `\`${name}\` routes by a claim of the request's JWT, which works at gateways only`,
        "bind the VirtualService to gateways alone, without `mesh`",
      );
    }
  }
}
