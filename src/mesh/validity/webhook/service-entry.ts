import type { ServiceEntry } from "../../istio.ts";
import type { Metadata } from "../metadata.ts";
import { quote } from "../schema/wording.ts";
import { endpoints } from "./endpoints.ts";
import { exportTo } from "./export-to.ts";
import { error, type Issue, type Issues, warning } from "./issue.ts";
import { addressOrBlock } from "./l4-routes.ts";
import { wildcardHost } from "./names.ts";
import { optionalPort, optionalProtocol, portName, portNumber } from "./ports.ts";
import { isHttp, isTls, parseProtocol } from "./protocol.ts";
import { isPartialWildcard } from "./scoped-host.ts";
import { selectorLabels } from "./workload-selector.ts";

/** A ServiceEntry (validation.go `ValidateServiceEntry`). */
export function* serviceEntry(spec: ServiceEntry, metadata: Metadata): Issues {
  const wrongLabels = [
    ...selectorLabels(spec.workloadSelector?.labels, ["spec", "workloadSelector", "labels"]),
  ];
  yield* wrongLabels;
  if (wrongLabels.length > 0) return;
  yield* selector(spec);
  yield* hosts(spec);
  yield* addresses(spec);
  yield* ports(spec, metadata);
  yield* endpoints(spec, metadata);
  yield* severalHosts(spec);
  yield* exportTo(metadata.namespace, spec.exportTo, { nobodyAllowed: true });
}

function* selector({ workloadSelector, endpoints: listed }: ServiceEntry): Issues {
  if (!workloadSelector) return;
  if (!workloadSelector.labels) {
    const message = "a workload selector without labels selects every workload of the namespace";
    yield warning("selects-all", ["spec", "workloadSelector"], message, "add `labels`, or remove it");
  }
  if (listed) {
    const message = "a ServiceEntry may have `workloadSelector` or `endpoints`, not both";
    yield error("conflict", ["spec", "endpoints"], message, "remove one of the two");
  }
}

function* hosts({ hosts: listed, resolution }: ServiceEntry): Issues {
  if (!listed)
    yield error("required", ["spec", "hosts"], "a ServiceEntry needs at least one host", "add `hosts`");
  for (const [index, host] of (listed ?? []).entries()) {
    const at = ["spec", "hosts", index];
    if (host === "*") {
      yield error(
        "invalid-host",
        at,
        "a ServiceEntry cannot be for `*`",
        "name the hosts, or use a wildcard such as `*.example.com`",
      );
      continue;
    }
    yield* wildcardHost(host, at);
    if (resolution !== "DYNAMIC_DNS" && isPartialWildcard(host)) {
      const message = `${quote(host)}: a wildcard stands for whole parts of a name`;
      yield warning("partial-wildcard", at, message, `write \`*.${host.slice(host.indexOf(".") + 1)}\``);
    }
  }
}

function* addresses({ addresses: listed = [], resolution = "NONE" }: ServiceEntry): Issues {
  for (const [index, address] of listed.entries())
    yield* addressOrBlock(address, ["spec", "addresses", index]);
  const block = listed.findIndex((address) => address.includes("/"));
  if (block < 0 || resolution === "NONE" || resolution === "STATIC") return;
  const message = `a CIDR block is for resolution NONE or STATIC, not ${resolution}`;
  yield error(
    "conflict",
    ["spec", "addresses", block],
    message,
    "write single IP addresses, or change `resolution`",
  );
}

function* ports(spec: ServiceEntry, metadata: Metadata): Issues {
  const names = new Set<string>();
  const numbers = new Set<number>();
  const untold = !spec.addresses && !isAllocated(spec, metadata);
  for (const [index, { name = "", number = 0, protocol = "", targetPort }] of (spec.ports ?? []).entries()) {
    const at = ["spec", "ports", index];
    if (names.has(name)) yield twin([...at, "name"], `are called ${quote(name)}`);
    if (numbers.has(number)) yield twin([...at, "number"], `have the number ${number}`);
    names.add(name);
    numbers.add(number);
    yield* optionalPort(targetPort, [...at, "targetPort"]);
    // Istio compares the case here, though nowhere else.
    if (untold && (protocol === "" || protocol === "TCP")) {
      const message =
        "without `addresses`, TCP connections to the hosts cannot be told from others on the same port";
      yield warning("addresses-needed", at, message, "add `addresses`, or name the protocol");
    }
    yield* portName(name, [...at, "name"]);
    yield* optionalProtocol(protocol, [...at, "protocol"]);
    yield* portNumber(number, [...at, "number"]);
  }
}

function twin(path: (string | number)[], message: string): Issue {
  return error("duplicate", path, `two ports ${message}`, "change one of them");
}

/** Whether Istio gives the hosts addresses (pilot/pkg/networking/serviceentry `ShouldV2AutoAllocateIPFromConfig`). */
function isAllocated(
  { addresses: listed, resolution = "NONE" }: ServiceEntry,
  { labels }: Metadata,
): boolean {
  const optedOut = labels["networking.istio.io/enable-autoallocate-ip"]?.toLowerCase() === "false";
  return resolution !== "NONE" && !optedOut && !listed;
}

/** Only HTTP and TLS say which of several hosts a connection is for. */
function* severalHosts({ hosts: listed = [], resolution = "NONE", ports: all = [] }: ServiceEntry): Issues {
  if (resolution === "NONE" || listed.length <= 1) return;
  const index = all.findIndex(({ protocol }) => {
    const parsed = parseProtocol(protocol);
    return !isHttp(parsed) && !isTls(parsed);
  });
  if (index < 0) return;
  const message =
    "a ServiceEntry with several hosts can have HTTP and TLS ports only: nothing else names the host";
  yield error("conflict", ["spec", "ports", index], message, "make a ServiceEntry for each host");
}
