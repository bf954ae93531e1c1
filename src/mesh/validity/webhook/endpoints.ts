import type { Path } from "../../../manifest/source.ts";
import type { ServiceEntry, WorkloadEntry } from "../../istio.ts";
import type { Metadata } from "../metadata.ts";
import { quote } from "../schema/wording.ts";
import { isIpAddress } from "./address.ts";
import { error, type Issues, warning } from "./issue.ts";
import { flawOfName, labelMap } from "./names.ts";
import { portName, portNumber } from "./ports.ts";
import { isTcp, parseProtocol } from "./protocol.ts";
import { unixAddress, unixPrefix } from "./unix-address.ts";

/** Where a ServiceEntry's traffic goes, by its `resolution` (validation.go `ValidateServiceEntry`). */
export function* endpoints(spec: ServiceEntry, metadata: Metadata): Issues {
  const resolution = spec.resolution ?? "NONE";
  switch (resolution) {
    case "NONE":
      yield* unresolved(spec);
      return;
    case "STATIC":
      for (const [index, endpoint] of (spec.endpoints ?? []).entries()) {
        yield* staticEndpoint(endpoint, spec, ["spec", "endpoints", index]);
      }
      return;
    case "DNS":
    case "DNS_ROUND_ROBIN":
      yield* resolvedByDns(spec);
      return;
    case "DYNAMIC_DNS":
      yield* resolvedByRequest(spec, metadata);
      return;
    default:
      yield error("unknown-value", ["spec", "resolution"], `${String(resolution)} is not a resolution`);
  }
}

function* unresolved(spec: ServiceEntry): Issues {
  if (spec.endpoints) {
    const message = "`endpoints` are not used with resolution NONE, which is the default";
    yield error(
      "conflict",
      ["spec", "endpoints"],
      message,
      "set `resolution: STATIC` (or DNS), or remove `endpoints`",
    );
  }
  if (spec.workloadSelector) {
    const message = "`workloadSelector` is not used with resolution NONE, which is the default";
    yield warning("no-effect", ["spec", "workloadSelector"], message, "set `resolution: STATIC`");
  }
}

/** An IP address or Unix socket (`validateWorkloadEntry`). */
function* staticEndpoint(endpoint: WorkloadEntry, spec: ServiceEntry, path: Path): Issues {
  const address = endpoint.address ?? "";
  const at = [...path, "address"];
  if (address === "") {
    if (!endpoint.network) {
      yield error("required", at, "an endpoint needs `address`", "add its IP address");
      return;
    }
    yield warning(
      "no-address",
      at,
      `the endpoint has no \`address\` in the network ${quote(endpoint.network)}`,
    );
  } else if (address.startsWith(unixPrefix)) {
    yield* unixAddress(address.slice(unixPrefix.length), at);
    if (endpoint.ports)
      yield error(
        "conflict",
        [...path, "ports"],
        "an endpoint on a Unix socket has no `ports`",
        "remove them",
      );
  } else if (!isIpAddress(address)) {
    const message = `${quote(address)} is not an IP address, which resolution STATIC needs`;
    yield error("invalid-address", at, message, "write the IP address, or `resolution: DNS`");
  }
  yield* endpointPorts(endpoint, spec, path);
  yield* labelMap(endpoint.labels, [...path, "labels"]);
  if (address.startsWith(unixPrefix) && portNames(spec).size !== 1) {
    yield error("conflict", at, "an endpoint on a Unix socket needs exactly one port in `spec.ports`");
  }
}

function* resolvedByDns(spec: ServiceEntry): Issues {
  const { hosts = [], endpoints: listed, resolution } = spec;
  if (!listed) yield* lookedUpHosts(hosts);
  if (resolution === "DNS_ROUND_ROBIN" && (listed?.length ?? 0) > 1) {
    const message = "resolution DNS_ROUND_ROBIN takes one endpoint at most";
    yield error("conflict", ["spec", "endpoints"], message, "leave one endpoint, or use `resolution: DNS`");
  }
  for (const [index, endpoint] of (listed ?? []).entries()) {
    const path = ["spec", "endpoints", index];
    const address = endpoint.address ?? "";
    if (!isIpAddress(address) && flawOfName(address) !== null) {
      const message = `${quote(address)} is neither host name nor IP address`;
      yield error("invalid-address", [...path, "address"], message);
    }
    yield* labelMap(endpoint.labels, [...path, "labels"]);
    yield* endpointPorts(endpoint, spec, path);
  }
  const tcp = (spec.ports ?? []).some(({ protocol }) => isTcp(parseProtocol(protocol)));
  if (spec.addresses && tcp && hosts.length > 1) {
    const message = "several hosts with the same address and a TCP port cannot be told apart";
    yield warning("ambiguous-hosts", ["spec", "hosts"], message, "make a ServiceEntry for each host");
  }
}

function* lookedUpHosts(hosts: readonly string[]): Issues {
  const index = hosts.findIndex((host) => flawOfName(host) !== null);
  if (index < 0) return;
  const message = `${quote(hosts[index]!)} cannot be looked up in DNS`;
  yield error(
    "invalid-host",
    ["spec", "hosts", index],
    message,
    "add `endpoints`, or write the full name without wildcard",
  );
}

/** The proxy looks up the host that each request names. */
function* resolvedByRequest(
  { hosts, addresses, endpoints: listed, ports = [], location }: ServiceEntry,
  { labels }: Metadata,
): Issues {
  if (!hosts) yield error("required", ["spec", "hosts"], "resolution DYNAMIC_DNS needs a wildcard host");
  for (const [index, host] of (hosts ?? []).entries()) {
    if (host.startsWith("*")) continue;
    const message = `resolution DYNAMIC_DNS is for wildcard hosts, not ${quote(host)}`;
    yield error(
      "invalid-host",
      ["spec", "hosts", index],
      message,
      `write \`*.${host}\`, or use \`resolution: DNS\``,
    );
  }
  for (const [field, value] of Object.entries({ addresses, endpoints: listed })) {
    if (!value) continue;
    const message = `resolution DYNAMIC_DNS looks up the host of each request and cannot have \`${field}\``;
    yield error("conflict", ["spec", field], message, "remove them");
  }
  for (const [index, { protocol }] of ports.entries()) {
    if (["http", "tls", "grpc", "http2"].includes(parseProtocol(protocol) ?? "")) continue;
    const message = `resolution DYNAMIC_DNS takes HTTP, HTTP2, GRPC and TLS ports, not ${quote(protocol ?? "")}`;
    yield error("unknown-protocol", ["spec", "ports", index, "protocol"], message);
  }
  yield* dynamicLocation(location ?? "MESH_EXTERNAL", labels["istio.io/use-waypoint"] ?? "");
}

function* dynamicLocation(location: string, waypoint: string): Issues {
  const path = ["spec", "location"];
  if (location !== "MESH_EXTERNAL" && location !== "MESH_INTERNAL") {
    yield error("unknown-value", path, `${location} is not a location`);
  } else if (location === "MESH_INTERNAL" && waypoint !== "" && waypoint.toLowerCase() !== "none") {
    const message = "resolution DYNAMIC_DNS behind a waypoint is for MESH_EXTERNAL hosts only";
    yield error("conflict", path, message, "write `location: MESH_EXTERNAL`");
  }
}

function* endpointPorts(endpoint: WorkloadEntry, spec: ServiceEntry, path: Path): Issues {
  const known = portNames(spec);
  for (const [name, number] of Object.entries(endpoint.ports ?? {})) {
    const at = [...path, "ports", name];
    if (!known.has(name)) {
      const message = `${quote(name)} is not the name of a port in \`spec.ports\``;
      yield error("unknown-port", at, message, known.size > 0 ? `write ${[...known].join(" or ")}` : null);
    }
    yield* portName(name, at);
    yield* portNumber(number, at);
  }
}

function portNames(spec: ServiceEntry): ReadonlySet<string> {
  return new Set((spec.ports ?? []).map(({ name = "" }) => name));
}
