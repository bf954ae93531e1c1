import { describe, expect, test } from "vitest";
import type { MeshSettings } from "../../src/mesh/settings.ts";
import type { RouteRequest } from "../../src/traffic/effective/proxy/connection.ts";
import { answer } from "../../src/traffic/route.ts";
import {
  destinationRule,
  http,
  meshFrom,
  service,
  serviceEntry,
  sidecar,
  virtualService,
} from "../resolution/manifests.ts";

interface Row {
  readonly name: string;
  readonly manifests: string;
  readonly request: Partial<RouteRequest> & {
    readonly from?: string;
    readonly labels?: Record<string, string>;
  };
  /** `outcome`, or where the request goes: `host:port/subset share`, names of the cluster shortened. */
  readonly goes: string;
  readonly settings?: Partial<MeshSettings>;
}

function goes({ manifests, request, settings }: Row): string {
  const { from = "default", labels = {}, ...rest } = request;
  const proxy = { namespace: from, labels, gateway: false };
  const found = answer(meshFrom(manifests, settings), { proxy, port: 80, scheme: "http", ...rest });
  const places = found.destinations.map(({ host, port, subset, share }) => {
    const name = host.replace(".svc.cluster.local", "");
    return `${name}:${port}${subset ? `/${subset}` : ""}${share < 100 ? ` ${share}` : ""}`;
  });
  return found.outcome === "route" ? places.join(", ") : [found.outcome, ...places].join(" ");
}

function rows(group: string, cases: readonly Row[]): void {
  describe(group, () => {
    test.each(cases)("$name", (row) => {
      expect(goes(row)).toBe(row.goes);
    });
  });
}

const reviews = service("default/reviews", ["http:80"], "clusterIP: 10.0.0.1");
const ratings = service("default/ratings", ["http:80"], "clusterIP: 10.0.0.2");
const elsewhere = service("other/reviews", ["http:80"], "clusterIP: 10.0.0.3");
const both = reviews + ratings;
const toRatings = (hosts: string, more = ""): string => `hosts: [${hosts}]\n${http(" -> ratings")}\n${more}`;

rows("hosts of the mesh", [
  {
    name: "a service without a VirtualService answers itself",
    manifests: reviews,
    request: { host: "reviews" },
    goes: "default reviews.default:80",
  },
  ...[
    "reviews",
    "reviews.default",
    "reviews.default.svc",
    "reviews.default.svc.cluster.local.",
    "REVIEWS:80",
    "10.0.0.1",
  ].map((host) => ({
    name: `${host} is the service under another name`,
    manifests: both + virtualService("default/v", toRatings("reviews")),
    request: { host },
    goes: "ratings.default:80",
  })),
  {
    name: "a short name means the caller's namespace, not the VirtualService's",
    manifests: both + elsewhere + virtualService("other/v", toRatings("reviews")),
    request: { host: "reviews" },
    goes: "default reviews.default:80",
  },
  {
    name: "from another namespace the short name is nobody",
    manifests: both + virtualService("default/v", toRatings("reviews")),
    request: { host: "reviews", from: "third" },
    goes: "passthrough",
  },
  {
    name: "the most specific host speaks, whichever is older",
    manifests:
      both +
      virtualService(
        "default/wide",
        `hosts: ["*.default.svc.cluster.local"]\n${http(" -> wide")}`,
        "creationTimestamp: 2020-01-01T00:00:00Z",
      ) +
      virtualService("default/own", toRatings("reviews"), "creationTimestamp: 2021-01-01T00:00:00Z"),
    request: { host: "reviews" },
    goes: "ratings.default:80",
  },
  {
    name: "a wildcard speaks for the services nobody names",
    manifests:
      both + virtualService("default/wide", `hosts: ["*.svc.cluster.local"]\n${http(" -> ratings")}`),
    request: { host: "reviews" },
    goes: "ratings.default:80",
  },
  {
    name: "of two VirtualServices for one host the older speaks alone",
    manifests:
      both +
      virtualService(
        "default/young",
        `hosts: [reviews]\n${http("/new -> ratings")}`,
        "creationTimestamp: 2021-01-01T00:00:00Z",
      ) +
      virtualService(
        "default/zold",
        `hosts: [reviews]\n${http("/old -> ratings")}`,
        "creationTimestamp: 2020-01-01T00:00:00Z",
      ),
    request: { host: "reviews", path: "/new" },
    goes: "not-found",
  },
  {
    name: "of equal age the name decides",
    manifests:
      both +
      virtualService("default/b", toRatings("reviews")) +
      virtualService("default/a", `hosts: [reviews]\n${http(" -> reviews")}`),
    request: { host: "reviews" },
    goes: "reviews.default:80",
  },
  {
    name: "a private VirtualService goes before an older public one",
    manifests:
      both +
      virtualService(
        "other/public",
        `hosts: [reviews.default.svc.cluster.local]\n${http(" -> x")}`,
        "creationTimestamp: 2019-01-01T00:00:00Z",
      ) +
      virtualService(
        "default/private",
        toRatings("reviews", 'exportTo: ["."]'),
        "creationTimestamp: 2022-01-01T00:00:00Z",
      ),
    request: { host: "reviews" },
    goes: "ratings.default:80",
  },
  {
    name: "one exported to the caller goes before a public one",
    manifests:
      both +
      virtualService("default/public", `hosts: [reviews]\n${http(" -> x")}`) +
      virtualService(
        "other/named",
        `hosts: [reviews.default.svc.cluster.local]\nexportTo: [default]\n${http(" -> ratings.default.svc.cluster.local")}`,
      ),
    request: { host: "reviews" },
    goes: "ratings.default:80",
  },
  {
    name: "one kept to another namespace says nothing here",
    manifests:
      both +
      virtualService(
        "other/v",
        `hosts: [reviews.default.svc.cluster.local]\nexportTo: ["."]\n${http(" -> x")}`,
      ),
    request: { host: "reviews" },
    goes: "default reviews.default:80",
  },
  {
    name: "one for gateways says nothing in the mesh",
    manifests: both + virtualService("default/v", toRatings("reviews", "gateways: [gw]")),
    request: { host: "reviews" },
    goes: "default reviews.default:80",
  },
  {
    name: "without a route for this caller the service answers itself",
    manifests:
      both +
      virtualService(
        "default/v",
        "hosts: [reviews]\nhttp: [{match: [{sourceLabels: {app: x}}], route: [{destination: {host: ratings}}]}]",
      ),
    request: { host: "reviews", labels: { app: "y" } },
    goes: "default reviews.default:80",
  },
  {
    name: "with routes of which none matches the answer is 404",
    manifests: both + virtualService("default/v", `hosts: [reviews]\n${http("/a -> ratings")}`),
    request: { host: "reviews", path: "/b" },
    goes: "not-found",
  },
]);

rows("hosts outside the registry", [
  {
    name: "are passed through",
    manifests: both,
    request: { host: "example.com" },
    goes: "passthrough",
  },
  {
    name: "are refused where the mesh says REGISTRY_ONLY",
    manifests: both,
    request: { host: "example.com" },
    settings: { outboundTrafficPolicy: "REGISTRY_ONLY" },
    goes: "blackhole",
  },
  {
    name: "are refused by a Sidecar whose policy has no mode",
    manifests: both + sidecar("default/s", "outboundTrafficPolicy: {}"),
    request: { host: "example.com" },
    goes: "blackhole",
  },
  {
    name: "go through the Sidecar's egress proxy",
    manifests:
      both +
      sidecar(
        "default/s",
        "outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: out.istio-system.svc.cluster.local, port: {number: 8443}}}",
      ),
    request: { host: "example.com" },
    goes: "out.istio-system:8443",
  },
  {
    name: "are routed on port 80, where a VirtualService needs no service",
    manifests: both + virtualService("default/v", toRatings("example.com")),
    request: { host: "example.com" },
    goes: "ratings.default:80",
  },
  {
    name: "are not routed on any other port",
    manifests:
      service("default/reviews", ["http:8080"]) +
      ratings +
      virtualService("default/v", toRatings("example.com")),
    request: { host: "example.com", port: 8080 },
    goes: "passthrough",
  },
]);

rows("ServiceEntries", [
  {
    name: "make a host known",
    manifests: serviceEntry(
      "default/e",
      "hosts: [api.example.com]\nresolution: DNS\nports: [{number: 80, name: http, protocol: HTTP}]",
    ),
    request: { host: "api.example.com" },
    goes: "default api.example.com:80",
  },
  {
    name: "of another namespace count unless kept",
    manifests: serviceEntry(
      "other/e",
      'hosts: [api.example.com]\nexportTo: ["."]\nresolution: DNS\nports: [{number: 80, name: http, protocol: HTTP}]',
    ),
    request: { host: "api.example.com" },
    goes: "passthrough",
  },
  {
    name: "hidden with ~ count for nobody",
    manifests: serviceEntry(
      "default/e",
      'hosts: [api.example.com]\nexportTo: ["~"]\nresolution: DNS\nports: [{number: 80, name: http, protocol: HTTP}]',
    ),
    request: { host: "api.example.com" },
    goes: "passthrough",
  },
  {
    name: "of another namespace yield to a Kubernetes Service of the same host",
    manifests:
      serviceEntry(
        "other/e",
        "hosts: [reviews.default.svc.cluster.local]\nresolution: DNS\nports: [{number: 80, name: tcp, protocol: TCP}]",
      ) + reviews,
    request: { host: "reviews.default", from: "third" },
    goes: "default reviews.default:80",
  },
  {
    name: "with a range take connections into it",
    manifests: serviceEntry(
      "default/e",
      "hosts: [db.example.com]\naddresses: [10.1.0.0/16]\nresolution: NONE\nports: [{number: 5432, name: tcp, protocol: TCP}]",
    ),
    request: { host: null, port: 5432, address: "10.1.2.3" },
    goes: "default db.example.com:5432",
  },
  {
    name: "of TLS are told apart by SNI",
    manifests: ["a", "b"]
      .map((name) =>
        serviceEntry(
          `default/${name}`,
          `hosts: [${name}.example.com]\nresolution: DNS\nports: [{number: 443, name: tls, protocol: TLS}]`,
        ),
      )
      .join(""),
    request: { host: "b.example.com", port: 443, scheme: "https" },
    goes: "default b.example.com:443",
  },
  {
    name: "of TLS are spoken to in TLS when nothing else is said",
    manifests: serviceEntry(
      "default/e",
      "hosts: [a.example.com]\nresolution: DNS\nports: [{number: 443, name: https, protocol: HTTPS}]",
    ),
    request: { host: "a.example.com", port: 443, scheme: null },
    goes: "default a.example.com:443",
  },
]);

const headless = service(
  "default/db",
  ["http:80", "auto:81", "tcp:82", "tls:83", "https:84"],
  "clusterIP: None",
);
rows("protocols", [
  ...[80, 81, 82].map((port) => ({
    name: `a headless service takes plain requests on ${port}`,
    manifests: headless,
    request: { host: "db.default", port },
    goes: `default db.default:${port}`,
  })),
  ...[81, 83, 84].map((port) => ({
    name: `a headless service takes TLS on ${port}`,
    manifests: headless,
    request: { host: "db-0.db.default", port, scheme: "https" as const },
    goes: `default db.default:${port}`,
  })),
  {
    name: "HTTP routes do not apply to a port declared TCP",
    manifests:
      service("default/reviews", ["tcp:9000"], "clusterIP: 10.0.0.1") +
      ratings +
      virtualService("default/v", toRatings("reviews")),
    request: { host: "reviews", port: 9000 },
    goes: "default reviews.default:9000",
  },
  {
    name: "HTTP routes apply to a port of unknown protocol",
    manifests:
      service("default/reviews", ["x:9000"], "clusterIP: 10.0.0.1") +
      ratings +
      virtualService("default/v", toRatings("reviews")),
    request: { host: "reviews", port: 9000 },
    goes: "ratings.default:9000",
  },
  {
    name: "bytes on a port of unknown protocol go to the service",
    manifests:
      service("default/reviews", ["x:9000"], "clusterIP: 10.0.0.1") +
      ratings +
      virtualService("default/v", toRatings("reviews")),
    request: { host: "reviews", port: 9000, protocol: "tcp" },
    goes: "default reviews.default:9000",
  },
  {
    name: "TLS into an HTTP port is not understood, and leaves as unknown traffic",
    manifests: reviews,
    request: { host: "reviews", scheme: "https" },
    goes: "passthrough",
  },
  {
    name: "TCP rules go by subnet, then to the first that takes all",
    manifests:
      service("default/db", ["tcp:9000"], "clusterIP: 10.0.0.9") +
      virtualService(
        "default/v",
        "hosts: [db]\ntcp:\n- {match: [{destinationSubnets: [10.9.0.0/16]}], route: [{destination: {host: a}}]}\n- {route: [{destination: {host: b}}]}",
      ),
    request: { host: "db", port: 9000 },
    goes: "b.default:9000",
  },
  {
    name: "TCP weights share like HTTP's",
    manifests:
      service("default/db", ["tcp:9000"], "clusterIP: 10.0.0.9") +
      virtualService(
        "default/v",
        "hosts: [db]\ntcp:\n- {route: [{destination: {host: a}, weight: 1}, {destination: {host: b}, weight: 3}, {destination: {host: c}, weight: 0}]}",
      ),
    request: { host: "db", port: 9000 },
    goes: "a.default:9000 25, b.default:9000 75",
  },
  {
    name: "TLS rules go by SNI, the most specific first",
    manifests:
      serviceEntry(
        "default/e",
        'hosts: ["*.example.com"]\nresolution: NONE\nports: [{number: 443, name: tls, protocol: TLS}]',
      ) +
      virtualService(
        "default/v",
        'hosts: ["*.example.com"]\ntls:\n- {match: [{sniHosts: ["*.example.com"]}], route: [{destination: {host: a}}]}\n- {match: [{sniHosts: [x.example.com]}], route: [{destination: {host: b}}]}',
      ),
    request: { host: "x.example.com", port: 443, scheme: "https" },
    goes: "b.default:443",
  },
  {
    name: "an ExternalName leads to what it stands for",
    manifests:
      reviews +
      service(
        "default/alias",
        ["http:80"],
        "type: ExternalName\n  externalName: reviews.default.svc.cluster.local",
      ),
    request: { host: "alias" },
    goes: "default reviews.default:80",
  },
]);

rows("Sidecars", [
  {
    name: "hide what they do not import",
    manifests: both + sidecar("default/s", 'egress: [{hosts: ["./ratings.default.svc.cluster.local"]}]'),
    request: { host: "reviews" },
    goes: "passthrough",
  },
  {
    name: "count for the workloads they select",
    manifests:
      both + sidecar("default/s", 'workloadSelector: {labels: {app: x}}\negress: [{hosts: ["other/*"]}]'),
    request: { host: "reviews", labels: { app: "y" } },
    goes: "default reviews.default:80",
  },
  {
    name: "of the root namespace count where there is no other, with . as the workload's namespace",
    manifests: both + elsewhere + sidecar("istio-system/s", 'egress: [{hosts: ["./*"]}]'),
    request: { host: "reviews.other" },
    goes: "passthrough",
  },
  {
    name: "with a selector go before those without",
    manifests:
      both +
      sidecar("default/all", 'egress: [{hosts: ["other/*"]}]') +
      sidecar("default/own", 'workloadSelector: {labels: {app: x}}\negress: [{hosts: ["./*"]}]'),
    request: { host: "reviews", labels: { app: "x" } },
    goes: "default reviews.default:80",
  },
  {
    name: "exclude a namespace with ~",
    manifests: both + elsewhere + sidecar("default/s", 'egress: [{hosts: ["*/*", "~other/*"]}]'),
    request: { host: "reviews.other" },
    goes: "passthrough",
  },
  {
    name: "with nothing but exclusions import nothing",
    manifests: both + sidecar("default/s", 'egress: [{hosts: ["~other/*"]}]'),
    request: { host: "reviews" },
    goes: "passthrough",
  },
  {
    name: "open a port for some services only",
    manifests:
      both +
      sidecar(
        "default/s",
        'egress:\n- {port: {number: 80, protocol: HTTP, name: http}, hosts: ["./ratings.default.svc.cluster.local"]}\n- {hosts: ["*/*"]}',
      ),
    request: { host: "reviews" },
    goes: "passthrough",
  },
  {
    name: "that import a host bring in its VirtualService's destination",
    manifests:
      both +
      virtualService("default/v", toRatings("reviews")) +
      sidecar("default/s", 'egress: [{hosts: ["./reviews.default.svc.cluster.local"]}]'),
    request: { host: "reviews" },
    goes: "ratings.default:80",
  },
]);

rows("destinations", [
  {
    name: "take the port of the request where they name none",
    manifests:
      both +
      service("default/multi", ["http-a:81", "http-b:82"]) +
      virtualService("default/v", `hosts: [reviews]\n${http(" -> multi")}`),
    request: { host: "reviews" },
    goes: "multi.default:80",
  },
  {
    name: "share by weight alone; zero gets nothing",
    manifests:
      both +
      virtualService(
        "default/v",
        "hosts: [reviews]\nhttp: [{route: [{destination: {host: reviews, subset: v1}, weight: 1}, {destination: {host: reviews, subset: v2}, weight: 1}, {destination: {host: reviews, subset: v3}}]}]",
      ),
    request: { host: "reviews" },
    goes: "reviews.default:80/v1 50, reviews.default:80/v2 50",
  },
  {
    name: "alone get everything, whatever their weight",
    manifests:
      both +
      virtualService(
        "default/v",
        "hosts: [reviews]\nhttp: [{route: [{destination: {host: ratings}, weight: 1}]}]",
      ),
    request: { host: "reviews" },
    goes: "ratings.default:80",
  },
]);

test("a request that a hash binds to a host stays there when it is retried", () => {
  const hashed = destinationRule(
    "default/r",
    "host: ratings\ntrafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}",
  );
  const request = { proxy: { namespace: "default", labels: {}, gateway: false }, port: 80, host: "reviews" };
  const plain = both + virtualService("default/v", toRatings("reviews"));
  expect(answer(meshFrom(plain), request).retries?.ignorePreviousHosts).toBe(true);
  expect(answer(meshFrom(plain + hashed), request).retries?.ignorePreviousHosts).toBe(false);
});

test("a delegate's route names root and delegate", () => {
  const manifests =
    both +
    virtualService(
      "default/root",
      "hosts: [reviews]\nhttp:\n- {route: [{destination: {host: reviews}}], match: [{uri: {exact: /x}}]}\n- {timeout: 3s, delegate: {name: leaf, namespace: other}}",
    ) +
    virtualService("other/leaf", http("/a -> ratings", " -> reviews"));
  const proxy = { namespace: "default", labels: {}, gateway: false };
  const found = answer(meshFrom(manifests), { proxy, port: 80, host: "reviews", path: "/b" });
  expect(found).toMatchObject({
    outcome: "route",
    virtualService: "VirtualService/default/root",
    routeIndex: 1,
    delegate: { virtualService: "VirtualService/other/leaf", routeIndex: 1 },
    destinations: [{ host: "reviews.other.svc.cluster.local", port: 80, subset: null, share: 100 }],
    timeoutMs: 3000,
  });
});
