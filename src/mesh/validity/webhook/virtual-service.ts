import type { VirtualService } from "../../istio.ts";
import type { Metadata } from "../metadata.ts";
import { quote } from "../schema/wording.ts";
import { isIpAddress } from "./address.ts";
import { hasGatewaySemantics } from "./annotations.ts";
import { exportTo } from "./export-to.ts";
import { gatewayNames } from "./gateway-names.ts";
import { jwtClaims } from "./http-match.ts";
import { httpRoute } from "./http-route.ts";
import { error, type Issues } from "./issue.ts";
import { flawOfGatewayHost, tcpRoute, tlsRoute } from "./l4-routes.ts";
import { flawOfWildcardName } from "./names.ts";

/** A VirtualService (validation.go `ValidateVirtualService`). One without hosts is a delegate. */
export function* virtualService(spec: VirtualService, metadata: Metadata): Issues {
  const anyHost = hasGatewaySemantics(metadata, "route");
  const inMesh = !spec.gateways || spec.gateways.includes("mesh");
  if (!spec.hosts) yield* delegate(spec);
  yield* gatewayNames(spec.gateways, ["spec", "gateways"], anyHost);
  if (inMesh) yield* claimsInMesh(spec);
  yield* hosts(spec, inMesh);
  if (!spec.http && !spec.tcp && !spec.tls) {
    yield error("required", ["spec", "http"], "a VirtualService needs `http`, `tls` or `tcp` routes");
  }
  const context = { inDelegate: !spec.hosts, anyHost };
  for (const [index, route] of (spec.http ?? []).entries())
    yield* httpRoute(route, ["spec", "http", index], context);
  for (const [index, route] of (spec.tls ?? []).entries())
    yield* tlsRoute(route, spec, ["spec", "tls", index], anyHost);
  for (const [index, route] of (spec.tcp ?? []).entries())
    yield* tcpRoute(route, ["spec", "tcp", index], anyHost);
  yield* exportTo(metadata.namespace, spec.exportTo);
}

function* delegate(spec: VirtualService): Issues {
  for (const field of ["gateways", "tls", "tcp"] as const) {
    if (!spec[field]) continue;
    const message = `a VirtualService without \`hosts\` is a delegate, which cannot have \`${field}\``;
    yield error("conflict", ["spec", field], message, `add \`hosts\`, or remove \`${field}\``);
  }
}

function* claimsInMesh(spec: VirtualService): Issues {
  for (const [index, route] of (spec.http ?? []).entries()) {
    for (const [position, match] of (route.match ?? []).entries()) {
      yield* jwtClaims(match, ["spec", "http", index, "match", position]);
    }
  }
}

function* hosts(spec: VirtualService, inMesh: boolean): Issues {
  const names = spec.hosts ?? [];
  const withSni = (spec.tls ?? []).some((route) => route.match?.some((match) => match.sniHosts));
  let allValid = true;
  for (const [index, host] of names.entries()) {
    const at = ["spec", "hosts", index];
    const flaw = inMesh ? flawOfWildcardName(host) : flawOfGatewayHost(host, withSni);
    if (flaw !== null && !isIpAddress(host)) {
      allValid = false;
      yield error("invalid-host", at, `${quote(host)} is not a host name: ${flaw}`);
    } else if (flaw === null && inMesh && host === "*") {
      allValid = false;
      yield error(
        "invalid-host",
        at,
        "`*` would take over every host of the mesh",
        "name the hosts, or bind it to `gateways`",
      );
    }
  }
  if (allValid) yield* overlappingHosts(names);
}

/** Every host that another of the list covers or equals. Looks names up by their endings, since lists may be long. */
function* overlappingHosts(names: readonly string[]): Issues {
  if (names.length < 2) return;
  const owners = new Map<string, number>();
  for (const [index, host] of names.entries()) if (!owners.has(host)) owners.set(host, index);
  const hasWildcard = names.some((host) => host.startsWith("*"));
  for (const [index, host] of names.entries()) {
    const other = [host, ...(hasWildcard ? wildcardsOver(host) : [])]
      .map((name) => owners.get(name))
      .find((owner) => (owner ?? index) !== index);
    if (other === undefined) continue;
    const twin = names[other]!;
    const message = twin === host ? `\`${host}\` is listed twice` : `\`${twin}\` covers \`${host}\` already`;
    yield error("duplicate", ["spec", "hosts", index], message, "remove one of the two");
  }
}

/** Every wildcard host that covers a host (pkg/config/host/name.go `Matches`): `*.a.com` and `*a.com` cover `b.a.com`. */
function wildcardsOver(host: string): string[] {
  const isWild = host.startsWith("*");
  const tail = isWild ? host.slice(1) : host;
  const endings = Array.from({ length: tail.length + 1 }, (_, start) => `*${tail.slice(start)}`);
  return isWild ? endings.slice(1) : endings;
}
