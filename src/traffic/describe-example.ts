import type { RequestExample } from "./change.ts";
import type { ProxyContext, RouteContext } from "./effective/table.ts";
import { addressOf } from "./engine/address-bits.ts";
import { reversed } from "./engine/constraints.ts";
import type { Assignment } from "./engine/walk.ts";

/** One concrete request of a class: the values the walk chose, and the likeliest ones for the parts it left open. */
export function requestExample(
  context: RouteContext,
  host: string,
  proxy: ProxyContext,
  assignments: readonly Assignment[],
): RequestExample {
  const headers = new Map<string, string>();
  const query = new Map<string, string>();
  const parts = new Map<string, string>();
  for (const { dimension, cell } of assignments) {
    if (cell.sample === null) continue;
    const [part = "", ...rest] = dimension.name.split(" ");
    if (part === "header") headers.set(rest.join(" "), cell.sample);
    else if (part === "query") query.set(rest.join(" "), cell.sample);
    else if (part === "claim") headers.set("authorization", `Bearer <token with ${rest.join(" ")}>`);
    else parts.set(part, cell.sample);
  }
  const port = proxy.port ?? (context.ports?.length === 1 ? context.ports[0]! : null);
  const address = parts.get("address");
  const sni = parts.get("sni");
  const request = {
    scheme: parts.get("scheme") ?? (context.protocol === "tls" || port === 443 ? "https" : "http"),
    method: parts.get("method") ?? "GET",
    host: parts.get("authority") ?? (sni ? reversed(sni) : address ? addressOf(address) : host),
    port,
    path: parts.get("path") ?? "/",
    headers: Object.fromEntries(headers),
    query: Object.fromEntries(query),
    ...caller(proxy),
  };
  const connection = `nc ${quoted(request.host)} ${port ?? ""}`.trim();
  return { ...request, curl: context.protocol === "tcp" ? connection : curl(request, host) };
}

function caller({ namespace, labels }: ProxyContext): Pick<RequestExample, "from"> {
  if (namespace === null && labels.size === 0) return {};
  return {
    from: {
      ...(namespace === null ? {} : { namespace }),
      ...(labels.size === 0 ? {} : { labels: Object.fromEntries(labels) }),
    },
  };
}

/** The request as a line for a shell. A host that a class wants spelled in its own way goes into a header. */
function curl(request: Omit<RequestExample, "curl">, tableHost: string): string {
  const { scheme, method, port, path, headers, query, host } = request;
  const standard = scheme === "https" ? 443 : 80;
  const target = host.includes(":") && host !== tableHost ? tableHost : host;
  const location = `${scheme}://${target}${port === null || port === standard ? "" : `:${port}`}${path}`;
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  const sent = target === host ? headers : { Host: host, ...headers };
  const url = parameters.length === 0 ? location : `${location}?${parameters.join("&")}`;
  return [
    "curl",
    // Without it curl reads brackets and braces as patterns.
    ...(/[[\]{}]/.test(url) ? ["--globoff"] : []),
    ...(method === "GET" ? [] : ["-X", quoted(method)]),
    ...Object.entries(sent).flatMap(([name, value]) => [
      "-H",
      quoted(value === "" ? `${name};` : `${name}: ${value}`),
    ]),
    quoted(url),
  ].join(" ");
}

/** A word of a POSIX shell; plain ones stay as they are. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
