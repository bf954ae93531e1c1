import { rounded } from "../report/shares.ts";
import type { AnswerDestination, RouteAnswer } from "../traffic/route.ts";

/** An answer for people: what happens, who says so, and where the request goes. */
export function prettyAnswer(found: RouteAnswer): string {
  const lines = [
    headline(found),
    ...found.destinations.map((item) => `  ${rounded(item.share)} %  ${place(item)}`),
  ];
  if (found.timeoutMs !== null) lines.push(`  timeout ${found.timeoutMs} ms`);
  if (found.retries)
    lines.push(`  up to ${found.retries.attempts} retries on ${found.retries.retryOn.join(", ")}`);
  for (const mirror of found.mirrors) lines.push(`  mirrors ${mirror.percent} % to ${place(mirror)}`);
  const others = { rewrite: found.rewrite, fault: found.fault, redirect: found.redirect };
  for (const [name, value] of Object.entries({ ...others, response: found.directResponse })) {
    if (value) lines.push(`  ${name} ${JSON.stringify(value)}`);
  }
  return `${lines.join("\n")}\n`;
}

function headline({ outcome, virtualService, routeIndex, routeName, delegate }: RouteAnswer): string {
  const sentences: Record<RouteAnswer["outcome"], string> = {
    route: "answered",
    redirect: "redirected",
    "direct-response": "answered by the proxy itself",
    default: "answered by the service's own route",
    passthrough: "sent on as it is: the mesh does not know the host",
    blackhole: "refused: the mesh does not know the host",
    "not-found": "answered 404: no route matches",
  };
  const name = routeName === null ? "" : ` "${routeName}"`;
  const by = virtualService === null ? "" : ` by ${virtualService}, route ${routeIndex}${name}`;
  const through = delegate ? `, through ${delegate.virtualService}, route ${delegate.routeIndex}` : "";
  return `${sentences[outcome]}${by}${through}`;
}

const place = ({ host, port, subset }: AnswerDestination): string =>
  `${host}${port === null ? "" : `:${port}`}${subset === null ? "" : ` subset ${subset}`}`;
