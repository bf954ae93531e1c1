import type { RouteRequest } from "./connection.ts";
import { normalPath } from "./normal-path.ts";
import { type RequestView, requestView } from "./request-match.ts";

/** A request as route matchers see it. @param tls the proxy took TLS off it. */
export function viewOf(request: RouteRequest, tls: boolean): RequestView {
  return requestView({
    path: normalPath(request.path || "/"),
    method: request.method || "GET",
    authority: request.host ?? "",
    scheme: tls ? "https" : "http",
    headers: request.headers ?? {},
  });
}
