import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("VirtualService", spec)));
const to = "route: [{ destination: { host: reviews } }]";

const tls = (match: string, spec = "hosts: [a.com]") =>
  said(`${spec}\ntls: [{ match: [{ ${match} }], ${to} }]`);

table("TLS and TCP", [
  ["server names of the hosts", tls('sniHosts: [x.a.com, "*.b.a.com"]', 'hosts: ["*.a.com"]'), []],
  [
    "server names of others",
    tls("sniHosts: [b.com, A.com]"),
    [
      "sni-not-in-hosts spec.tls[0].match[0].sniHosts[0]",
      "sni-not-in-hosts spec.tls[0].match[0].sniHosts[1]",
    ],
  ],
  ["addresses as server names", tls("sniHosts: [1.2.3.4]"), ["(ip-as-sni spec.tls[0].match[0].sniHosts[0])"]],
  [
    "names that Istio makes",
    tls("sniHosts: [outbound_.80_._.a.com]", "hosts: [outbound_.80_._.a.com]\ngateways: [gw]"),
    [],
  ],
  [
    "nothing matched, nothing routed",
    said("hosts: [a]\ntls: [{ match: [{}] }, {}]"),
    [
      "required spec.tls[0].match[0].sniHosts",
      "required spec.tls[0].route",
      "required spec.tls[1].match",
      "required spec.tls[1].route",
    ],
  ],
  [
    "subnets, ports, labels",
    tls(
      'sniHosts: [a.com], destinationSubnets: [10.0.0.0/8, a, 1.2.3.4/33], port: 70000, sourceLabels: { a: "*" }, gateways: [gw.ns]',
    ),
    [
      "invalid-address spec.tls[0].match[0].destinationSubnets[1]",
      "invalid-address spec.tls[0].match[0].destinationSubnets[2]",
      "invalid-port spec.tls[0].match[0].port",
      "invalid-label spec.tls[0].match[0].sourceLabels.a",
      "(deprecated spec.tls[0].match[0].gateways[0])",
    ],
  ],
  [
    "TCP",
    said("hosts: [a]\ntcp: [{ match: [{ sourceSubnet: x, sourceNamespace: x.y, gateways: [gw.ns] }] }]"),
    ["required spec.tcp[0].route"],
  ],
  [
    "weights",
    said("hosts: [a]\ntcp: [{ route: [{ destination: { host: a } }, { destination: { host: b } }] }]"),
    ["zero-weights spec.tcp[0].route"],
  ],
]);
