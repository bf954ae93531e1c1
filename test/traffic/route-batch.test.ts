import { expect, test } from "vitest";
import type { Terminal } from "../../src/cli/command.ts";
import { UsageError } from "../../src/cli/command.ts";
import { route } from "../../src/cli/route.ts";
import { answerRouteBatch } from "../../src/cli/route-batch.ts";
import { routingMesh } from "../../src/cli/route-mesh.ts";
import { defaultMeshSettings } from "../../src/mesh/settings.ts";
import { answer } from "../../src/traffic/route.ts";
import { gateway, http, service, virtualService } from "../resolution/manifests.ts";

const manifests =
  service("default/reviews", ["http:80"]) +
  gateway(
    "istio-system/gw",
    'selector: {istio: ingressgateway}\nservers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]',
  ) +
  virtualService(
    "default/v",
    `hosts: [a.com, reviews]\ngateways: [mesh, istio-system/gw]\n${http(" -> reviews")}`,
  );

const batch = (...lines: readonly unknown[]): unknown[] => {
  const input = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const output = answerRouteBatch(input, defaultMeshSettings);
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
};

test("a batch is answered line by line, in order", () => {
  const answers = batch(
    {
      name: "sidecar",
      manifests,
      from: { namespace: "default", labels: { app: "x" } },
      port: 80,
      host: "reviews",
    },
    {
      name: "pods",
      manifests,
      gateway: true,
      from: { namespace: "istio-system", labels: { istio: "ingressgateway" } },
      port: 80,
      host: "a.com",
    },
    {
      name: "by name",
      manifests: [manifests],
      gateway: "istio-system/gw",
      port: 80,
      host: "a.com",
      headers: { x: ["1", "2"] },
    },
    { name: "unknown", manifests, from: { namespace: "default" }, port: 80, host: "nobody.example" },
  );
  const destination = { host: "reviews.default.svc.cluster.local", port: 80, subset: null, share: 100 };
  const routed = {
    outcome: "route",
    virtualService: "VirtualService/default/v",
    routeIndex: 0,
    destinations: [destination],
  };
  expect(answers).toMatchObject([
    { name: "sidecar", ...routed, timeoutMs: null, retries: { attempts: 2, perTryTimeoutMs: null } },
    { name: "pods", ...routed },
    { name: "by name", ...routed },
    { name: "unknown", outcome: "passthrough", virtualService: null, routeIndex: null, destinations: [] },
  ]);
});

test("what is no request is answered by its error, and the others are not harmed", () => {
  const answers = batch(
    "{",
    { name: "port", manifests, port: 0 },
    { name: "fine", manifests, port: 80, host: "reviews" },
  );
  expect(answers).toMatchObject([
    { name: null, error: "the line is not JSON" },
    { name: "port", error: expect.stringContaining("port") },
    { name: "fine", outcome: "route" },
  ]);
});

test("a value that the API server would refuse takes part, and is told of", () => {
  const strange =
    service("default/reviews", ["http:80"]) +
    virtualService(
      "default/v",
      "hosts: [reviews]\nhttp: [{timeout: 0s, odd: 1, route: [{destination: {host: a}}]}]",
    );
  expect(batch({ manifests: strange, port: 80, host: "reviews" })).toMatchObject([
    {
      outcome: "route",
      timeoutMs: null,
      problems: [expect.stringContaining("timeout"), expect.stringContaining("odd")],
    },
  ]);
});

test("an answer tells of objects that it had to leave out", () => {
  const broken = virtualService("default/broken", "hosts: 5");
  expect(batch({ manifests: manifests + broken, port: 80, host: "reviews" })).toMatchObject([
    { outcome: "route", problems: [expect.stringContaining("hosts")] },
  ]);
});

test("of several environments the first answers, and the others are named", () => {
  const version = (to: string): string =>
    virtualService("default/v", `hosts: [a.com]\ngateways: [gw]\n${http(` -> ${to}`)}`);
  const files = ["prod", "staging"].map((name) => ({ path: `${name}/v.yaml`, text: version(name) }));
  const { mesh, doubts } = routingMesh(files, defaultMeshSettings);
  const proxy = { namespace: "default", labels: {}, gateway: "default/gw" };
  expect(answer(mesh, { proxy, port: 80, host: "a.com" }).destinations).toMatchObject([
    { host: "prod.default.svc.cluster.local" },
  ]);
  expect(doubts).toEqual([expect.stringContaining("prod, staging")]);
});

const silent: Terminal = {
  out: () => {},
  error: () => {},
  input: () => Promise.resolve(""),
  folder: import.meta.dirname,
  colours: false,
};

test.each([
  [[], "name a file or a folder"],
  [["x", "--batch"], "takes no PATH"],
  [["x", "--port", "80"], "name --from or --gateway"],
  [["x", "--from", "default", "--port", "http"], "--port is from 1 to 65535"],
  [["x", "--from", "default,app", "--port", "80"], "key=value"],
  [["x", "--gateway", "gw", "--port", "80"], "NAMESPACE/NAME"],
  [["x", "--from", "default", "--port", "80", "--scheme", "tcp"], "http or https"],
  [["x", "--from", "default", "--port", "80", "--header", "x"], "name:value"],
])("sluice route %j is a mistake of usage", async (args, message) => {
  await expect(route.run(args, silent)).rejects.toThrow(message);
  await expect(route.run(args, silent)).rejects.toBeInstanceOf(UsageError);
});
