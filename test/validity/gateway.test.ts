import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const gateway = (spec: string, metadata = {}) =>
  webhookCodes(validateObject(manifest("Gateway", spec, metadata)));
/** A Gateway with one server; paths begin inside it. */
const server = (settings: string) =>
  gateway(`servers: [{ ${settings} }]`).map((text) => text.replace("spec.servers[0].", ""));
const port = (protocol: string) => `port: { number: 443, name: web, protocol: ${protocol} }`;
const hosts = (text: string) => server(`hosts: ${text}, ${port("HTTP")}`);

table("Gateways", [
  ["without servers", gateway("selector: {}"), ["required spec.servers"]],
  [
    "with a dot in their name",
    gateway(`servers: [{ hosts: ["*"], ${port("HTTP")} }]`, { name: "a.b" }),
    ["invalid-name metadata.name"],
  ],
  [
    "made from the Gateway API",
    gateway(`servers: [{ hosts: ["~/a.com"], ${port("HTTP")} }]`, {
      name: "a.b",
      annotations: { "internal.istio.io/gateway-semantics": "gateway" },
    }),
    [],
  ],
  [
    "with two ports of one name",
    gateway(`servers: [{ hosts: ["*"], ${port("HTTP")} }, { hosts: ["*"], ${port("HTTP")} }]`),
    ["duplicate spec.servers[1].port.name"],
  ],
  ["with an empty server", server(""), ["required hosts", "required port"]],
]);

table("hosts of servers", [
  [
    "names, wildcards, addresses, namespaces",
    hosts('["*", a.com, "*.a.com", 10.0.0.1, ns/a.com, "./*", "*/a.com"]'),
    [],
  ],
  ["short names", hosts("[reviews]"), ["invalid-host hosts[0]"]],
  ["IPv6 addresses, which have no dot", hosts('["::1"]'), ["invalid-host hosts[0]"]],
  ["partial wildcards", hosts('["*a.com", "a.*.com"]'), ["invalid-host hosts[0]", "invalid-host hosts[1]"]],
  [
    "no namespaces",
    hosts('["~/a.com", a.b/a.com, /a.com, ns/]'),
    [
      "invalid-namespace hosts[0]",
      "invalid-namespace hosts[1]",
      "invalid-namespace hosts[2]",
      "invalid-host hosts[3]",
    ],
  ],
]);

const on = (rest: string) => server(`hosts: ["*"], ${rest}`);

table("ports", [
  ["protocols in any case", [...on(port("http2")), ...on(port("UDP")), ...on(port("mongo"))], []],
  [
    "unknown protocols",
    [...on(port("HTTP3")), ...on(port('""')), ...on(port("HBONE"))],
    ["unknown-protocol port.protocol", "unknown-protocol port.protocol", "unknown-protocol port.protocol"],
  ],
  [
    "number, name, target",
    on('port: { number: 0, name: "", protocol: HTTP, targetPort: 80 }'),
    ["invalid-port port.number", "no-effect port.targetPort", "required port.name"],
  ],
  [
    "Unix sockets",
    [
      ...on('bind: "unix:///a", port: { number: 0, name: a, protocol: HTTP }'),
      ...on('bind: "unix://a/", port: { number: 80, name: a, protocol: HTTP }'),
    ],
    ["invalid-address bind", "conflict bind"],
  ],
  [
    "addresses",
    [...on(`bind: 10.0.0.1, ${port("HTTP")}`), ...on(`bind: localhost, ${port("HTTP")}`)],
    ["invalid-address bind"],
  ],
]);

const tls = (settings: string, protocol = "HTTPS") =>
  on(`${port(protocol)}, tls: { ${settings} }`).map((text) => text.replace("tls.", ""));

table("TLS and the protocol", [
  ["missing", on(port("HTTPS")), ["required tls"]],
  ["a redirect", tls("httpsRedirect: true", "HTTP"), []],
  [
    "a redirect where there is nothing to redirect",
    tls("httpsRedirect: true", "HTTPS"),
    ["(no-effect httpsRedirect)"],
  ],
  [
    "on plain text",
    [
      ...tls("mode: SIMPLE, credentialName: a", "HTTP"),
      ...tls("serverCertificate: a", "HTTP"),
      ...tls("", "TCP"),
    ],
    ["conflict tls", "conflict tls", "(no-effect tls)", "conflict tls"],
  ],
  [
    "not asked when the port is wrong",
    on("port: { number: 0, name: a, protocol: HTTPS }"),
    ["invalid-port port.number"],
  ],
]);

table("certificates", [
  [
    "of Istio",
    [...tls("mode: ISTIO_MUTUAL"), ...tls("mode: ISTIO_MUTUAL, privateKey: a, credentialName: b, caCrl: c")],
    ["conflict privateKey", "conflict credentialName"],
  ],
  ["ignored", tls("caCrl: a"), ["(no-effect tls)"]],
  [
    "missing",
    [...tls("mode: SIMPLE"), ...tls("mode: MUTUAL, serverCertificate: a, privateKey: b")],
    ["required serverCertificate", "required privateKey", "required caCertificates"],
  ],
  [
    "listed",
    tls("mode: SIMPLE, tlsCertificates: [{ serverCertificate: a, privateKey: b }, { privateKey: c }]"),
    ["required tlsCertificates[1].serverCertificate"],
  ],
  [
    "too many",
    tls(
      "mode: SIMPLE, tlsCertificates: [{ serverCertificate: a, privateKey: b }, { serverCertificate: a, privateKey: b }, { serverCertificate: a, privateKey: b }]",
    ),
    ["(too-many tlsCertificates)"],
  ],
  [
    "of two sources",
    tls("mode: SIMPLE, credentialName: a, credentialNames: [b]"),
    ["conflict credentialNames"],
  ],
  ["credentials end the search", tls("mode: MUTUAL, credentialName: a, caCrl: b"), []],
  [
    "revocation without clients",
    [
      ...tls("mode: SIMPLE, serverCertificate: a, privateKey: b, caCrl: c"),
      ...tls("caCrl: a, credentialName: b"),
    ],
    ["conflict caCrl", "conflict caCrl", "(no-effect tls)"],
  ],
  [
    "ciphers",
    tls("mode: SIMPLE, credentialName: a, cipherSuites: [ALL, '!aNULL', AES128-SHA, AES128-SHA, FOO]"),
    ["(duplicate cipherSuites[3])", "(unknown-value cipherSuites[4])"],
  ],
  [
    "old versions",
    tls("mode: SIMPLE, credentialName: a, minProtocolVersion: TLSV1_1"),
    ["(no-effect minProtocolVersion)"],
  ],
]);

table("annotations of Istio itself", [
  [
    "end validation",
    gateway("servers: []", { annotations: { "istio.io/dry-run": "true", "internal.istio.io/parents": "a" } }),
    ['refused-annotation metadata.annotations["istio.io/dry-run"]'],
  ],
  [
    "of no type",
    gateway("servers: []", { annotations: { a: 1 }, labels: [] }),
    ["wrong-type metadata.labels", "wrong-type metadata.annotations.a"],
  ],
]);
