import { expect, test } from "vitest";
import { answer } from "../../src/traffic/route.ts";
import {
  destinationRule,
  http,
  meshFrom,
  service,
  sidecar,
  virtualService,
} from "../resolution/manifests.ts";
import { both, elsewhere, rows, toRatings } from "./route-rows.ts";

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
