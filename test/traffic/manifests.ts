import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import type { Mesh } from "../../src/mesh/object.ts";
import type { Leg, Shift, TrafficChange } from "../../src/traffic/change.ts";
import { compareTraffic } from "../../src/traffic/compare.ts";

/** The mesh of one file of YAML, or of several by path. */
export function meshFrom(files: string | Readonly<Record<string, string>>): Mesh {
  const texts = typeof files === "string" ? { "mesh.yaml": files } : files;
  return buildMesh(Object.entries(texts).map(([path, text]) => readManifests(path, text)));
}

export function change(
  base: string | Readonly<Record<string, string>>,
  head: string | Readonly<Record<string, string>>,
): TrafficChange {
  return compareTraffic(meshFrom(base), meshFrom(head));
}

/** A VirtualService of `prod` for its own name; `routes` is the list under `http`, indented as it likes. */
export function virtualService(routes: string, fields = "hosts: [reviews]", name = "reviews"): string {
  return `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: prod }
spec:
  ${fields}
  http:
${indented(routes)}`;
}

export function destinationRule(spec: string, name = "reviews"): string {
  return `
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: prod }
spec:
${indented(spec)}`;
}

export const service = (name = "reviews", ports = "[{ name: http, port: 9080 }]") => `
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: prod }
spec: { selector: { app: ${name} }, ports: ${ports} }
`;

/** \`route\` entries to subsets of reviews by weight. */
export function split(weights: Readonly<Record<string, number>>): string {
  const legs = Object.entries(weights).map(
    ([subset, weight]) => `{ destination: { host: reviews, subset: ${subset} }, weight: ${weight} }`,
  );
  return `route: [${legs.join(", ")}]`;
}

function indented(text: string): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `    ${line}\n`)
    .join("");
}

/** \`stable 90, canary 10\`: what of a shift people look at first. */
export function sharesOf(legs: readonly Leg[]): string {
  return legs
    .map(({ destination: { host, subset }, share }) => {
      const percent = (100 * share.numerator) / share.denominator;
      return `${subset ?? host.replace(".prod.svc.cluster.local", "")} ${percent}`;
    })
    .join(", ");
}

/** One line for each shift: kind, class, shares, points, certainty. */
export function summary({ kind, class: requests, before, after, points, certainty }: Shift): string {
  const moved = `${sharesOf(before) || "nobody"} → ${sharesOf(after) || "nobody"}`;
  return `${kind} ${points}: ${requests}: ${moved}${certainty === "certain" ? "" : ` (${certainty})`}`;
}
