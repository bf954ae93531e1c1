import { http, service, sidecar, virtualService } from "../resolution/manifests.ts";
import { both, elsewhere, ratings, reviews, rows, toRatings } from "./route-rows.ts";

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
