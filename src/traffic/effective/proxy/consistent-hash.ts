import { selectDestinationRule } from "../../../mesh/destination-rules.ts";
import type { HTTPRetry, TrafficPolicy } from "../../../mesh/istio.ts";
import type { Mesh } from "../../../mesh/object.ts";
import { serviceNamespace } from "../../../mesh/service-namespace.ts";
import { action } from "../translate-action.ts";
import type { ProxyAnswer } from "./answer.ts";
import type { RequestProxy } from "./connection.ts";

/**
 * The answer with what a hashing load balancer does to its retries: a request that is bound to a host stays there, unless
 * the route says otherwise. Counts for routes with one destination (route.go `applyHTTPRouteDestination`).
 */
export function withConsistentHash(mesh: Mesh, proxy: RequestProxy, answer: ProxyAnswer): ProxyAnswer {
  const { retries, legs } = answer.action;
  const [leg] = legs;
  const stated = statedRetries(answer)?.retryIgnorePreviousHosts;
  if (!answer.by || !retries || !leg || legs.length > 1 || typeof stated === "boolean") return answer;
  if (!isHashed(mesh, proxy, answer, leg.destination.host, leg.destination.subset)) return answer;
  const { canonical: _, ...effect } = answer.action;
  return { ...answer, action: action({ ...effect, retries: { ...retries, ignorePreviousHosts: false } }) };
}

/** The `retries` block of the route that answers, the root's where its delegate has none. */
function statedRetries({ by }: ProxyAnswer): HTTPRetry | undefined {
  return routeOf(by)?.retries;
}

function routeOf(by: ProxyAnswer["by"]) {
  return by?.service.http.find(
    ({ entry, delegatedBy }) =>
      entry.object === by.origin.entry.object &&
      entry.index === by.origin.entry.index &&
      delegatedBy?.index === by.origin.delegatedBy?.index,
  )?.route;
}

/** route.go `HashForHTTPDestination`: settings of a port count only for destinations that name the port. */
function isHashed(
  mesh: Mesh,
  proxy: RequestProxy,
  { by }: ProxyAnswer,
  host: string,
  subsetName: string | null,
): boolean {
  const rule = selectDestinationRule(mesh, proxy, host, serviceNamespace(mesh, host, proxy.namespace));
  const port = routeOf(by)?.route?.[0]?.destination.port?.number ?? null;
  const subset = rule?.subsets.find(({ value }) => value.name === subsetName)?.value.trafficPolicy;
  const whole = rule?.trafficPolicy?.value;
  return [atPort(subset, port), subset, atPort(whole, port), whole].some((policy) =>
    Boolean(policy?.loadBalancer?.consistentHash),
  );
}

function atPort(policy: TrafficPolicy | undefined, port: number | null): TrafficPolicy | undefined {
  return port === null
    ? undefined
    : policy?.portLevelSettings?.find((setting) => setting.port?.number === port);
}
