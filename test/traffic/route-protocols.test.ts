import { service, serviceEntry, virtualService } from "../resolution/manifests.ts";
import { ratings, reviews, rows, toRatings } from "./route-rows.ts";

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
