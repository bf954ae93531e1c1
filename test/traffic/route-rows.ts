import { describe, expect, test } from "vitest";
import type { MeshSettings } from "../../src/mesh/settings.ts";
import type { RouteRequest } from "../../src/traffic/effective/proxy/connection.ts";
import { answer } from "../../src/traffic/route.ts";
import { http, meshFrom, service } from "../resolution/manifests.ts";

/** A request of a sidecar and where it goes. */
export interface Row {
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

/** One test for each row. */
export function rows(group: string, cases: readonly Row[]): void {
  describe(group, () => {
    test.each(cases)("$name", (row) => {
      expect(goes(row)).toBe(row.goes);
    });
  });
}

export const reviews = service("default/reviews", ["http:80"], "clusterIP: 10.0.0.1");
export const ratings = service("default/ratings", ["http:80"], "clusterIP: 10.0.0.2");
export const elsewhere = service("other/reviews", ["http:80"], "clusterIP: 10.0.0.3");
export const both = reviews + ratings;
/** The spec of a VirtualService that sends its hosts to `ratings`. */
export const toRatings = (hosts: string, more = ""): string =>
  `hosts: [${hosts}]\n${http(" -> ratings")}\n${more}`;
