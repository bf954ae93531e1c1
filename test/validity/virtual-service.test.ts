import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("VirtualService", spec)));
const to = "route: [{ destination: { host: reviews } }]";
/** One HTTP route with these settings. */
const http = (settings: string, spec = "hosts: [reviews]") => said(`${spec}\nhttp: [{ ${settings} }]`);

table("hosts and gateways", [
  [
    "any name, wildcard or address",
    said(`hosts: [reviews, "*.a.com", 10.0.0.1, b.a.]\nhttp: [{ ${to} }]`),
    [],
  ],
  ["every host, at gateways", http(to, 'hosts: ["*"]\ngateways: [gw]'), []],
  ["every host, in the mesh", http(to, 'hosts: ["*"]\ngateways: [mesh, gw]'), ["invalid-host spec.hosts[0]"]],
  ["no host name", http(to, "hosts: [a_b]"), ["invalid-host spec.hosts[0]"]],
  ["listed twice", http(to, "hosts: [a.com, a.com]"), ["duplicate spec.hosts[1]"]],
  ["covered by a wildcard", http(to, 'hosts: [a.b.com, "*.b.com", b.com]'), ["duplicate spec.hosts[0]"]],
  ["short name and full name", http(to, "hosts: [a, a.prod.svc.cluster.local]"), []],
  ["no routes", said("hosts: [a]"), ["required spec.http"]],
  ["gateways by name and namespace", http(to, "hosts: [a]\ngateways: [ns/gw, gw]"), []],
  [
    "an old reference",
    http(to, "hosts: [a]\ngateways: [gw.ns.svc.cluster.local]"),
    ["(deprecated spec.gateways[0])"],
  ],
  [
    "no reference",
    http(to, "hosts: [a]\ngateways: [./gw, ns/a.b, ns/]"),
    [
      "invalid-gateway spec.gateways[0]",
      "invalid-gateway spec.gateways[1]",
      "invalid-gateway spec.gateways[2]",
    ],
  ],
  ["nothing behind a name alone is looked at", http(to, 'hosts: [a]\ngateways: [gw, "bad_name!"]'), []],
  [
    "a delegate has hosts, TLS and TCP of nobody",
    said("gateways: [gw]\ntcp: [{ route: [{ destination: { host: a } }] }]"),
    ["conflict spec.gateways", "conflict spec.tcp"],
  ],
  ["exports", http(to, "hosts: [a]\nexportTo: [., prod]"), ["duplicate spec.exportTo[1]"]],
  ["exports to all and one", http(to, 'hosts: [a]\nexportTo: ["*", prod]'), ["conflict spec.exportTo"]],
  ["exports to nobody", http(to, 'hosts: [a]\nexportTo: ["~"]'), ["invalid-namespace spec.exportTo[0]"]],
]);
