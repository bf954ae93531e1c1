import { describe, expect, test } from "vitest";
import { resolveVirtualServices } from "../../src/mesh/virtual-services.ts";
import { httpRoutes } from "../../src/traffic/effective/translate-http.ts";
import { meshFrom, virtualService } from "../resolution/manifests.ts";

describe("actions", () => {
  const canonical = (route: string): string => {
    const mesh = meshFrom(virtualService("default/v", `hosts: [reviews]\nhttp: [${route}]`));
    const [own] = resolveVirtualServices(mesh);
    const target = { gateway: "mesh", clusterDomain: "cluster.local", tls: false };
    return own ? (httpRoutes(own, target)[0]?.action.canonical ?? "") : "";
  };
  const to = (legs: string, more = ""): string => canonical(`{${more}route: [${legs}]}`);
  const leg = (subset: string, weight: number | null): string =>
    `{destination: {host: reviews, subset: ${subset}}${weight === null ? "" : `, weight: ${weight}`}}`;

  test.each<[string, string, string]>([
    [
      "weights count by proportion",
      to(`${leg("a", 9)}, ${leg("b", 1)}`),
      to(`${leg("a", 90)}, ${leg("b", 10)}`),
    ],
    [
      "the order of destinations does not count",
      to(`${leg("a", 1)}, ${leg("b", 2)}`),
      to(`${leg("b", 2)}, ${leg("a", 1)}`),
    ],
    [
      "one destination twice is one",
      to(`${leg("a", 30)}, ${leg("b", 40)}, ${leg("a", 30)}`),
      to(`${leg("a", 60)}, ${leg("b", 40)}`),
    ],
    ["weight 0 is no destination", to(`${leg("a", 5)}, ${leg("b", 0)}`), to(leg("a", null))],
    ["names do not count", to(leg("a", null), "name: x, "), to(leg("a", null))],
    [
      "a full name is a short one",
      to("{destination: {host: reviews.default.svc.cluster.local, subset: a}}"),
      to(leg("a", null)),
    ],
    ["durations are lengths", to(leg("a", null), "timeout: 60s, "), to(leg("a", null), "timeout: 1m, ")],
    [
      "attempts 0 is an empty block",
      to(leg("a", null), "retries: {attempts: 0}, "),
      to(leg("a", null), "retries: {}, "),
    ],
    [
      "default retries may be written out",
      to(leg("a", null), "retries: {attempts: 2}, "),
      to(leg("a", null)),
    ],
    [
      "an abort without a percentage never happens",
      to(leg("a", null), "fault: {abort: {httpStatus: 500}}, "),
      to(leg("a", null)),
    ],
    [
      "mirroring 0 % is none",
      to(leg("a", null), "mirror: {host: m}, mirrorPercentage: {value: 0}, "),
      to(leg("a", null)),
    ],
    [
      "setting the host header rewrites the authority",
      to(leg("a", null), "headers: {request: {set: {host: h}}}, "),
      to(leg("a", null), "rewrite: {authority: h}, "),
    ],
    [
      "redirect code 301 is the default",
      canonical("{redirect: {uri: /x}}"),
      canonical("{redirect: {uri: /x, redirectCode: 301}}"),
    ],
  ])("%s", (_, one, other) => {
    expect(one).toBe(other);
    expect(one).not.toBe("");
  });

  test.each<[string, string, string]>([
    [
      "weights in other proportions",
      to(`${leg("a", 9)}, ${leg("b", 1)}`),
      to(`${leg("a", 1)}, ${leg("b", 9)}`),
    ],
    [
      "another port",
      to("{destination: {host: reviews, port: {number: 1}}}"),
      to("{destination: {host: reviews, port: {number: 2}}}"),
    ],
    ["no retries", to(leg("a", null), "retries: {attempts: 0}, "), to(leg("a", null))],
    [
      "header operations of one leg",
      to(`${leg("a", 1)}, ${leg("b", 1)}`),
      to(
        `{destination: {host: reviews, subset: a}, weight: 1, headers: {request: {remove: [x]}}}, ${leg("b", 1)}`,
      ),
    ],
    ["a mirror", to(leg("a", null), "mirror: {host: m}, "), to(leg("a", null))],
    ["CORS", to(leg("a", null), "corsPolicy: {allowOrigins: [{exact: x}]}, "), to(leg("a", null))],
  ])("%s is a difference", (_, one, other) => {
    expect(one).not.toBe(other);
  });
});
