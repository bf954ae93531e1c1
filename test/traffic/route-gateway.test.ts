import { describe, expect, test } from "vitest";
import type { RouteRequest } from "../../src/traffic/effective/proxy/connection.ts";
import { answer } from "../../src/traffic/route.ts";
import { gateway, http, meshFrom, service, virtualService } from "../resolution/manifests.ts";

interface Row {
  readonly name: string;
  readonly manifests: string;
  readonly request: Partial<RouteRequest>;
  readonly goes: string;
}

const proxy = { namespace: "istio-system", labels: { istio: "ingressgateway", app: "gw" }, gateway: true };

function goes({ manifests, request }: Pick<Row, "manifests" | "request">): string {
  const found = answer(meshFrom(manifests), { proxy, port: 80, ...request });
  const places = found.destinations.map(
    ({ host, port, subset }) =>
      `${host.replace(".svc.cluster.local", "")}:${port}${subset ? `/${subset}` : ""}`,
  );
  return found.outcome === "route" ? places.join(", ") : found.outcome;
}

function rows(group: string, cases: readonly Row[]): void {
  describe(group, () => {
    test.each(cases)("$name", (row) => {
      expect(goes(row)).toBe(row.goes);
    });
  });
}

const selector = "selector: {istio: ingressgateway}";
const plain = (hosts: string, port = 80): string =>
  `- port: {number: ${port}, name: http-${port}, protocol: HTTP}\n  hosts: [${hosts}]`;
const gw = (servers: string, name = "istio-system/gw", metadata?: string): string =>
  gateway(name, `${selector}\nservers:\n${servers}`, metadata);
const web = service("default/web", ["http:8080"]);
const bound = (name: string, hosts: string, routes: string, more = ""): string =>
  virtualService(`default/${name}`, `hosts: [${hosts}]\ngateways: [istio-system/gw]\n${routes}\n${more}`);

rows("hosts at a gateway", [
  {
    name: "no VirtualService: 404",
    manifests: gw(plain('"*"')),
    request: { host: "a.com" },
    goes: "not-found",
  },
  {
    name: "a destination without a port takes its service's only one",
    manifests: web + gw(plain('"*"')) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "web.default:8080",
  },
  {
    name: "a host outside the server is not served",
    manifests: web + gw(plain("b.com")) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "not-found",
  },
  {
    name: "the server narrows a wider VirtualService",
    manifests: web + gw(plain("a.foo.com")) + bound("v", '"*.foo.com"', http(" -> web")),
    request: { host: "b.foo.com" },
    goes: "not-found",
  },
  {
    name: "the VirtualService narrows a wider server",
    manifests: web + gw(plain('"*.foo.com"')) + bound("v", "a.foo.com", http(" -> web")),
    request: { host: "A.foo.com:80" },
    goes: "web.default:8080",
  },
  {
    name: "the longest wildcard answers, and nothing falls through to a shorter one",
    manifests:
      web +
      gw(plain('"*"')) +
      bound("a", '"*.com"', http(" -> web")) +
      bound("b", '"*.foo.com"', http("/only -> web")),
    request: { host: "x.foo.com", path: "/other" },
    goes: "not-found",
  },
  {
    name: "a wildcard does not cover its own domain",
    manifests: web + gw(plain('"*"')) + bound("v", '"*.foo.com"', http(" -> web")),
    request: { host: "foo.com" },
    goes: "not-found",
  },
  {
    name: "./host is open to the Gateway's namespace alone",
    manifests: web + gw(plain("./a.com")) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "not-found",
  },
  {
    name: "namespace/host is open to that namespace",
    manifests: web + gw(plain("default/a.com")) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "web.default:8080",
  },
  {
    name: "visibility counts for the pod's namespace, not the Gateway's",
    manifests:
      web +
      gw(plain('"*"'), "default/gw") +
      virtualService("default/v", `hosts: [a.com]\ngateways: [gw]\nexportTo: ["."]\n${http(" -> web")}`),
    request: { host: "a.com" },
    goes: "not-found",
  },
]);

const old = "creationTimestamp: 2020-01-01T00:00:00Z";
const young = "creationTimestamp: 2021-01-01T00:00:00Z";
const aged = (name: string, age: string, routes: string, hosts = "a.com"): string =>
  virtualService(`default/${name}`, `hosts: [${hosts}]\ngateways: [istio-system/gw]\n${routes}`, age);

rows("several VirtualServices for one host", [
  {
    name: "are put together",
    manifests:
      web + gw(plain('"*"')) + bound("a", "a.com", http("/a -> web")) + bound("b", "a.com", http("/b -> b")),
    request: { host: "a.com", path: "/b" },
    goes: "b.default:80",
  },
  {
    name: "by age: an older prefix hides a younger, longer one",
    manifests: gw(plain('"*"')) + aged("z", old, http("/a -> old")) + aged("a", young, http("/a/b -> young")),
    request: { host: "a.com", path: "/a/b" },
    goes: "old.default:80",
  },
  {
    name: "with catch-alls last, however old",
    manifests: gw(plain('"*"')) + aged("z", old, http(" -> old")) + aged("a", young, http("/a/b -> young")),
    request: { host: "a.com", path: "/a/b" },
    goes: "young.default:80",
  },
  {
    name: "a prefix / with a header is no catch-all",
    manifests:
      gw(plain('"*"')) +
      aged("z", old, "http: [{match: [{headers: {x: {}}}], route: [{destination: {host: old}}]}]") +
      aged("a", young, http("/a/b -> young")),
    request: { host: "a.com", path: "/a/b", headers: { X: "" } },
    goes: "old.default:80",
  },
  {
    name: "what stands behind a catch-all of its own list is gone",
    manifests: gw(plain('"*"')) + bound("v", "a.com", http("/ -> all", "/b -> b")),
    request: { host: "a.com", path: "/b" },
    goes: "all.default:80",
  },
  {
    name: "match.gateways leaves routes to the gateways it names",
    manifests:
      gw(plain('"*"')) +
      virtualService(
        "default/v",
        "hosts: [a.com]\ngateways: [mesh, istio-system/gw]\nhttp:\n- {match: [{gateways: [mesh]}], route: [{destination: {host: inside}}]}\n- {match: [{gateways: [istio-system/gw], sourceNamespace: elsewhere}], route: [{destination: {host: outside}}]}",
      ),
    request: { host: "a.com" },
    goes: "outside.default:80",
  },
]);

const tls = (hosts: string, mode: string, name = "https", port = 443): string =>
  `- port: {number: ${port}, name: ${name}, protocol: ${mode === "PASSTHROUGH" ? "TLS" : "HTTPS"}}\n  hosts: [${hosts}]\n  tls: {mode: ${mode}${mode === "SIMPLE" ? ", credentialName: c" : ""}}`;

rows("TLS at a gateway", [
  {
    name: "httpsRedirect answers plain requests before any route",
    manifests: gw(`${plain("a.com")}\n  tls: {httpsRedirect: true}`) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "redirect",
  },
  {
    name: "of two servers with one host, the one that redirects decides",
    manifests:
      gw(`${plain("a.com")}\n  tls: {httpsRedirect: true}`) +
      gw(plain("a.com"), "istio-system/other") +
      bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "redirect",
  },
  {
    name: "terminated TLS is routed like HTTP",
    manifests: web + gw(tls("a.com", "SIMPLE")) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", port: 443, scheme: "https" },
    goes: "web.default:8080",
  },
  {
    name: "plain text does not enter a TLS server",
    manifests: web + gw(tls("a.com", "SIMPLE")) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", port: 443, scheme: "http" },
    goes: "not-found",
  },
  {
    name: "each HTTPS server answers for its own hosts, by SNI",
    manifests:
      web +
      gw(`${tls("a.com", "SIMPLE", "one")}\n${tls('"*.com"', "SIMPLE", "two")}`) +
      bound("v", '"*.com"', http(" -> web")),
    request: { host: "b.com", sni: "a.com", port: 443, scheme: "https" },
    goes: "not-found",
  },
  {
    name: "a server with a host that is taken is dropped",
    manifests:
      web +
      gw(tls("a.com", "SIMPLE", "one")) +
      gw(tls("a.com, b.com", "SIMPLE", "two"), "istio-system/zz") +
      virtualService("default/v", `hosts: [b.com]\ngateways: [istio-system/zz]\n${http(" -> web")}`),
    request: { host: "b.com", port: 443, scheme: "https" },
    goes: "not-found",
  },
  {
    name: "TLS that is passed through goes by SNI",
    manifests:
      gw(tls('"*.com"', "PASSTHROUGH")) +
      bound(
        "v",
        '"*.com"',
        "tls:\n- {match: [{sniHosts: ['*.com']}], route: [{destination: {host: wide}}]}\n- {match: [{sniHosts: [a.com]}], route: [{destination: {host: own}}]}",
      ),
    request: { host: "a.com", port: 443, scheme: "https" },
    goes: "own.default:443",
  },
  {
    name: "a match with a taken SNI host is dropped whole",
    manifests:
      gw(tls('"*.com"', "PASSTHROUGH")) +
      bound(
        "v",
        '"*.com"',
        "tls:\n- {match: [{sniHosts: [a.com]}], route: [{destination: {host: first}}]}\n- {match: [{sniHosts: [a.com, b.com]}], route: [{destination: {host: second}}]}",
      ),
    request: { host: "b.com", port: 443, scheme: "https" },
    goes: "not-found",
  },
]);

const tcp = (port: number): string =>
  `- port: {number: ${port}, name: tcp-${port}, protocol: TCP}\n  hosts: ["*"]`;

rows("ports of a gateway", [
  {
    name: "nobody listens on a port without a server",
    manifests: gw(plain('"*"')) + bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", port: 81 },
    goes: "not-found",
  },
  {
    name: "match.port is the server's port",
    manifests:
      gw(`${plain('"*"')}\n${plain('"*"', 8080)}`) +
      bound(
        "v",
        "a.com",
        "http:\n- {match: [{port: 8080}], route: [{destination: {host: high}}]}\n- {route: [{destination: {host: low}}]}",
      ),
    request: { host: "a.com", port: 8080 },
    goes: "high.default:8080",
  },
  {
    name: "a service's target port is where its pods listen",
    manifests:
      service("istio-system/ingress", ["http:80:8080"], "selector: {istio: ingressgateway}") +
      gw(plain('"*"')) +
      bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", port: 8080 },
    goes: "web.default:80",
  },
  {
    name: "and clients may still come through the service's port",
    manifests:
      service("istio-system/ingress", ["http:80:8080"], "selector: {istio: ingressgateway}") +
      gw(plain('"*"')) +
      bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", port: 80 },
    goes: "web.default:80",
  },
  {
    name: "HTTP and TCP on one port: the first server stays",
    manifests:
      gw(`${plain('"*"')}\n- port: {number: 80, name: t, protocol: TCP}\n  hosts: ["*"]`) +
      bound("v", "a.com", http(" -> web"), "tcp: [{route: [{destination: {host: t}}]}]"),
    request: { host: "a.com" },
    goes: "web.default:80",
  },
  {
    name: "TCP follows the first rule for port and gateway",
    manifests:
      gw(tcp(9000)) +
      bound(
        "v",
        "a.com",
        "tcp:\n- {match: [{port: 9001}], route: [{destination: {host: other}}]}\n- {match: [{port: 9000, sourceLabels: {app: nobody}}], route: [{destination: {host: own, port: {number: 1}}}]}",
      ),
    request: { host: null, port: 9000 },
    goes: "own.default:1",
  },
  {
    name: "servers bound to different addresses do not meet",
    manifests:
      gw(`${plain('"*"')}\n  bind: 10.0.0.1`) +
      gw(`${plain('"*"')}\n  bind: 10.0.0.2`, "istio-system/second") +
      bound("v", "a.com", http(" -> one")) +
      virtualService("default/w", `hosts: [a.com]\ngateways: [istio-system/second]\n${http(" -> two")}`),
    request: { host: "a.com", address: "10.0.0.2" },
    goes: "two.default:80",
  },
  {
    name: "a Gateway for other pods does not count",
    manifests:
      gateway("istio-system/gw", `selector: {istio: egress}\nservers:\n${plain('"*"')}`) +
      bound("v", "a.com", http(" -> web")),
    request: { host: "a.com" },
    goes: "not-found",
  },
  {
    name: "a Gateway by name brings the pods it selects",
    manifests:
      gateway("istio-system/gw", `selector: {istio: egress}\nservers:\n${plain('"*"')}`) +
      bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", proxy: { namespace: "", labels: {}, gateway: "istio-system/gw" } },
    goes: "web.default:80",
  },
  {
    name: "a Gateway that Git does not show is taken to be open to every host",
    manifests: bound("v", "a.com", http(" -> web")),
    request: { host: "a.com", proxy: { namespace: "", labels: {}, gateway: "istio-system/gw" } },
    goes: "web.default:80",
  },
]);
