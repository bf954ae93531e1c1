import type { Path } from "../../../manifest/source.ts";
import { isSubsetOf } from "../../hosts.ts";
import type { L4Match, TCPRoute, TLSMatch, TLSRoute, VirtualService } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { isCidrBlock, isIpAddress } from "./address.ts";
import { weightedDestinations } from "./destinations.ts";
import { gatewayNames } from "./gateway-names.ts";
import { error, errorsOf, type Issues, warning } from "./issue.ts";
import { flawOfWildcardName, labelMap } from "./names.ts";
import { optionalPort } from "./ports.ts";

/** One TLS route (validation.go `validateTLSRoute`). */
export function* tlsRoute(route: TLSRoute, spec: VirtualService, path: Path, anyHost: boolean): Issues {
  if (!route.match)
    yield error("required", [...path, "match"], "a TLS route needs `match`", "add `match` with `sniHosts`");
  for (const [index, match] of (route.match ?? []).entries())
    yield* tlsMatch(match, spec, [...path, "match", index]);
  if (!route.route)
    yield error(
      "required",
      [...path, "route"],
      "a TLS route needs `route`",
      "add `route` with a destination",
    );
  yield* weightedDestinations(route.route, [...path, "route"], anyHost);
}

function* tlsMatch(match: TLSMatch, spec: VirtualService, path: Path): Issues {
  if (!match.sniHosts) yield error("required", [...path, "sniHosts"], "a TLS match needs `sniHosts`");
  for (const [index, host] of (match.sniHosts ?? []).entries())
    yield* sniHost(host, spec, [...path, "sniHosts", index]);
  yield* l4Match(match, path);
}

/** One TCP route (validation.go `validateTCPRoute`). */
export function* tcpRoute(route: TCPRoute, path: Path, anyHost: boolean): Issues {
  for (const [index, match] of (route.match ?? []).entries()) {
    yield* errorsOf(l4Match(match, [...path, "match", index]));
  }
  if (!route.route)
    yield error(
      "required",
      [...path, "route"],
      "a TCP route needs `route`",
      "add `route` with a destination",
    );
  yield* weightedDestinations(route.route, [...path, "route"], anyHost);
}

/** `sourceNamespace` and `sourceSubnet` are not looked at. */
function* l4Match(match: L4Match, path: Path): Issues {
  for (const [index, subnet] of (match.destinationSubnets ?? []).entries()) {
    yield* addressOrBlock(subnet, [...path, "destinationSubnets", index]);
  }
  yield* optionalPort(match.port, [...path, "port"]);
  yield* labelMap(match.sourceLabels, [...path, "sourceLabels"]);
  yield* gatewayNames(match.gateways, [...path, "gateways"]);
}

/** An IP address or CIDR block (agent/validation.go `ValidateIPSubnet`). */
export function* addressOrBlock(text: string, path: Path): Issues {
  const isBlock = text.split("/").length === 2;
  if (isBlock ? isCidrBlock(text) : isIpAddress(text)) return;
  yield error(
    "invalid-address",
    path,
    `${quote(text)} is not an IP address${isBlock ? " with prefix length" : ""}`,
  );
}

/** A server name of a TLS match, which must be one that the VirtualService is for (validation.go `validateSniHost`). */
function* sniHost(host: string, { hosts = [], gateways = [] }: VirtualService, path: Path): Issues {
  // Istio takes the form of gateways even without `gateways`, which means mesh.
  const flaw = gateways.includes("mesh") ? flawOfWildcardName(host) : flawOfGatewayHost(host, true);
  if (flaw !== null && isIpAddress(host)) {
    const message = `${quote(host)} is an IP address, which most clients do not send as server name`;
    yield warning("ip-as-sni", path, message, "match by host name");
  } else if (flaw !== null) {
    yield error("invalid-host", path, `${quote(host)} is not a host name: ${flaw}`);
  } else if (!hosts.some((outer) => isSubsetOf(host, outer))) {
    const message = `${quote(host)} is not covered by the hosts of the VirtualService: ${hosts.slice(0, 5).map(quote).join(", ") || "it has none"}`;
    yield error("sni-not-in-hosts", path, message, "add it to `spec.hosts`");
  }
}

/**
 * Why a text is no host of a VirtualService at gateways; null when it is one. With TLS matches it may be a name made by
 * Istio itself: `outbound_.<port>_._.<host>` (agent/validation.go `ValidateWildcardDomainForVirtualServiceBoundToGateway`).
 */
export function flawOfGatewayHost(host: string, withSni: boolean): string | null {
  if (!withSni || !host.startsWith("outbound_")) return flawOfWildcardName(host);
  if (new TextEncoder().encode(host).length > 255) return "it is longer than 255 bytes";
  const [, port = "", , name] = host.split("_");
  const isWell = name !== undefined && /\d/.test(port) && /[a-zA-Z]/.test(name);
  return isWell ? null : "generated names have the form outbound_.<port>_._.<host>";
}
