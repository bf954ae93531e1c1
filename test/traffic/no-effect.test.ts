import { describe, expect, it } from "vitest";
import type { TrafficChange } from "../../src/traffic/change.ts";
import { change, destinationRule, service, split, virtualService } from "./manifests.ts";

const nothing: TrafficChange = { shifts: [], changes: [], unreachable: [], broken: [], incomplete: [] };

const mesh = `${service()}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - name: premium
      match: [{ uri: { prefix: /api/ }, headers: { user-tier: { exact: premium } } }]
      timeout: 90s
      route:
        - { destination: { host: reviews, subset: stable }, weight: 3 }
        - { destination: { host: reviews, subset: canary }, weight: 1 }
    - route: [{ destination: { host: reviews, subset: stable } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 }, tls: { mode: ISTIO_MUTUAL } }
  subsets: [{ name: stable, labels: { v: "1" } }, { name: canary, labels: { v: "2" } }]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress: [{ hosts: ["./*", "istio-system/*"] }]
`;

describe("what changes nothing for requests", () => {
  const edits: { name: string; edit: (text: string) => string | Record<string, string> }[] = [
    { name: "nothing at all", edit: (text) => text },
    {
      name: "a comment and blank lines",
      edit: (text) => `# moved\n${text.replace("http:\n", "http: # routes\n\n")}`,
    },
    {
      name: "the order of keys",
      edit: (text) =>
        text.replace(
          "{ uri: { prefix: /api/ }, headers: { user-tier: { exact: premium } } }",
          "{ headers: { user-tier: { exact: premium } }, uri: { prefix: /api/ } }",
        ),
    },
    {
      name: "weights scaled",
      edit: (text) => text.replace("weight: 3", "weight: 75").replace("weight: 1", "weight: 25"),
    },
    {
      name: "legs in another order",
      edit: (text) => text.replace(/( +- \{.*stable.*weight: 3 \}\n)( +- \{.*canary.*\n)/, "$2$1"),
    },
    {
      name: "a weight on the only leg",
      edit: (text) => text.replace("subset: stable } }]", "subset: stable }, weight: 7 }]"),
    },
    { name: "a renamed route", edit: (text) => text.replace("name: premium", "name: gold") },
    {
      name: "another API version",
      edit: (text) => text.replaceAll("networking.istio.io/v1\n", "networking.istio.io/v1beta1\n"),
    },
    { name: "a timeout written otherwise", edit: (text) => text.replace("90s", "1m30s") },
    { name: "another file", edit: (text) => ({ "elsewhere/all.yaml": text }) },
    {
      name: "a file for each object",
      edit: (text) => Object.fromEntries(text.split("---\n").map((part, i) => [`part-${i}.yaml`, part])),
    },
    {
      name: "host names written in full",
      edit: (text) => text.replaceAll("host: reviews", "host: reviews.prod.svc.cluster.local"),
    },
    {
      name: "the service's only port written out",
      edit: (text) => text.replaceAll("{ host: reviews,", "{ host: reviews, port: { number: 9080 },"),
    },
    {
      name: "a default written out",
      edit: (text) =>
        text.replace(
          "consecutive5xxErrors: 5",
          "consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s",
        ),
    },
    {
      name: "egress hosts in another order",
      edit: (text) => text.replace('"./*", "istio-system/*"', '"istio-system/*", "./*"'),
    },
    {
      name: "a leg of weight zero",
      edit: (text) =>
        text.replace(
          "      route:\n",
          "      route:\n        - { destination: { host: reviews, subset: stable, port: { number: 1 } }, weight: 0 }\n",
        ),
    },
  ];
  for (const { name, edit } of edits) {
    it(`${name} is no traffic change`, () => {
      expect(change(mesh, edit(mesh))).toEqual(nothing);
      expect(change(edit(mesh), mesh)).toEqual(nothing);
    });
  }

  it("routes whose order does not matter may be sorted", () => {
    const [a, b] = ["/a/", "/b/"].map(
      (path) => `- match: [{ uri: { prefix: ${path} } }]\n  ${split({ stable: 1 })}`,
    );
    expect(change(virtualService(`${a}\n${b}`), virtualService(`${b}\n${a}`))).toEqual(nothing);
  });

  it("one match may be written as two that together are the same", () => {
    const routes = (matches: string) => virtualService(`- match: ${matches}\n  ${split({ stable: 1 })}`);
    const one = routes("[{ uri: { regex: '/(a|b)' } }]");
    const two = routes("[{ uri: { exact: /a } }, { uri: { exact: /b } }]");
    expect(change(one, two).shifts).toEqual([]);
  });

  it("a DestinationRule nobody applies to that host changes nothing else", () => {
    const other = destinationRule("host: ratings\ntrafficPolicy: { tls: { mode: DISABLE } }", "ratings");
    expect(change(mesh + other, mesh + other.replace("ratings }", "ratings, labels: { team: a } }"))).toEqual(
      nothing,
    );
  });
});
