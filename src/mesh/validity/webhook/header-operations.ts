import type { Path } from "../../../manifest/source.ts";
import type { HeaderOperations, Headers } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { flawOfHeaderFormat } from "./header-format.ts";
import { error, type Issues } from "./issue.ts";

/** Headers that a route or destination adds, sets and removes (virtualservice.go `validateHTTPRoute`). */
export function* headerOperations(headers: Headers | undefined, path: Path): Issues {
  yield* written(headers?.request, [...path, "request"], requestHeader);
  yield* removed(headers?.request, [...path, "request", "remove"]);
  yield* written(headers?.response, [...path, "response"], ordinaryHeader);
  yield* removed(headers?.response, [...path, "response", "remove"]);
}

function* written(
  operations: HeaderOperations | undefined,
  path: Path,
  headerName: (name: string, at: Path) => Issues,
): Issues {
  for (const operation of ["add", "set"] as const) {
    for (const [name, value] of Object.entries(operations?.[operation] ?? {})) {
      const at = [...path, operation, name];
      yield* headerName(name, at);
      yield* headerValue(value, at);
    }
  }
}

function* removed(operations: HeaderOperations | undefined, path: Path): Issues {
  for (const [index, name] of (operations?.remove ?? []).entries())
    yield* ordinaryHeader(name, [...path, index]);
}

/** Whether a header names the host of the request. */
export function isAuthority(name: string): boolean {
  return ["host", ":authority"].includes(name.toLowerCase());
}

function* requestHeader(name: string, path: Path): Issues {
  if (name === "") yield nameless(path);
  else if (name.startsWith(":") && !isAuthority(name)) yield pseudoHeader(name, path);
}

function* ordinaryHeader(name: string, path: Path): Issues {
  if (name === "") yield nameless(path);
  else if (name.toLowerCase() === "host") {
    const message = "the host header can be set in requests only, and never removed";
    yield error("invalid-header", path, message, "use `rewrite.authority`, or `headers.request.set`");
  } else if (name.startsWith(":")) yield pseudoHeader(name, path);
}

function nameless(path: Path) {
  return error("invalid-header", path, "a header needs a name");
}

function pseudoHeader(name: string, path: Path) {
  return error("invalid-header", path, `${quote(name)} is a pseudo-header, which cannot be changed here`);
}

function* headerValue(value: string, path: Path): Issues {
  if ([...value].some(isControlCharacter)) {
    yield error("invalid-header", path, "a header value cannot hold control characters");
    return;
  }
  const flaw = flawOfHeaderFormat(value);
  if (flaw === null) return;
  const fix = "write `%%` for a percent sign, `%VARIABLE%` for one of Envoy's variables";
  yield error("invalid-header", path, `${quote(value)} is not a header value: ${flaw}`, fix);
}

/** The characters that Envoy refuses in header values: tabs are none of them. */
function isControlCharacter(character: string): boolean {
  return (character < " " && character !== "\t") || character === "\u007F";
}
