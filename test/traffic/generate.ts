import fc from "fast-check";
import type { ManifestFile } from "../../src/manifest/source.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import type { HTTPMatchRequest, HTTPRoute, StringMatch } from "../../src/mesh/istio.ts";
import type { Mesh } from "../../src/mesh/object.ts";
import { home, type Request, type Service } from "./oracle.ts";

/** The mesh of these VirtualServices, without going through YAML. */
export function meshOf(services: readonly Service[]): Mesh {
  const range = { file: "mesh.yaml", line: 1, column: 1, endLine: 1, endColumn: 2 };
  const documents = services.map(({ name, spec }, index) => ({
    file: "mesh.yaml",
    index,
    value: {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name, namespace: home },
      spec: spec as never,
    },
    locate: () => range,
  }));
  const file: ManifestFile = { path: "mesh.yaml", documents, problems: [] };
  return buildMesh([file], { admit: () => [] });
}

const segment = fc.constantFrom("a", "b", "api", "A", "v1", "");
const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join("/")}`);
const pathPatterns = [
  "/a.*",
  ".*b",
  "/[ab]+",
  "/api/v[0-9]+(/.*)?",
  "(?i)/API.*",
  ".*",
  "/.*",
  "[^b]*",
].concat(["/a{1,2}/?.*", ".*/v1", "/\\w+/\\w+", "/(a|api)/.*"]);
const exact = (text: string): StringMatch => ({ exact: text });
const prefix = (text: string): StringMatch => ({ prefix: text });
const regex = (text: string): StringMatch => ({ regex: text });

const value: fc.Arbitrary<StringMatch> = fc.oneof(
  fc.constantFrom("a", "b", "ab", "premium", "x", "").map(exact),
  fc.constantFrom("a", "p", "ab").map(prefix),
  fc.constantFrom(".*", "a.*", "[ab]+", ".*b", "*", "x|y", "(?i)premium").map(regex),
  fc.constant({}),
);

/** Present in `tenths` of ten cases. */
function sometimes<T>(tenths: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: tenths, arbitrary }, { weight: 10 - tenths, arbitrary: fc.constant(undefined) });
}

function withoutUndefined<T extends object>(object: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, field]) => field !== undefined)) as T;
}

const header = fc.constantFrom("h1", "h2", "H1", "user-tier");
const pseudo = fc.constantFrom(":method", ":authority", "Host");

const match: fc.Arbitrary<HTTPMatchRequest> = fc
  .record({
    uri: sometimes<StringMatch>(
      8,
      fc.oneof(
        { weight: 3, arbitrary: path.map(exact) },
        { weight: 4, arbitrary: path.map(prefix) },
        { weight: 2, arbitrary: fc.constantFrom(...pathPatterns).map(regex) },
        { weight: 1, arbitrary: fc.constantFrom<StringMatch>({ prefix: "/" }, { prefix: "" }, {}) },
      ),
    ),
    ignoreUriCase: sometimes(2, fc.boolean()),
    method: sometimes<StringMatch>(
      1,
      fc.oneof(
        fc.constantFrom("GET", "POST").map(exact),
        fc.constantFrom("P.*", "GET|PUT").map(regex),
        fc.constant({ prefix: "P" }),
      ),
    ),
    scheme: sometimes<StringMatch>(
      1,
      fc.oneof(fc.constantFrom("http", "https").map(exact), fc.constant({ prefix: "http" })),
    ),
    authority: sometimes<StringMatch>(
      1,
      fc.oneof(
        fc.constantFrom("h.com", "h.com:8080", "x").map(exact),
        fc.constantFrom(prefix("h.com:"), regex("(?i)H\\.com")),
      ),
    ),
    headers: sometimes(3, fc.dictionary(header, value, { maxKeys: 2 })),
    withoutHeaders: sometimes(
      2,
      fc.dictionary(fc.oneof({ weight: 4, arbitrary: header }, { weight: 1, arbitrary: pseudo }), value, {
        maxKeys: 2,
      }),
    ),
    queryParams: sometimes(1, fc.dictionary(fc.constantFrom("q", "r"), value, { maxKeys: 2 })),
    port: sometimes(1, fc.constantFrom(80, 8080)),
    sourceNamespace: sometimes(1, fc.constantFrom("n1", "n2")),
    sourceLabels: sometimes(
      1,
      fc.dictionary(fc.constantFrom("app", "ver"), fc.constantFrom("v1", "v2"), { maxKeys: 2 }),
    ),
    gateways: sometimes(1, fc.constantFrom(["ns/gw"], ["mesh"], ["gw", "mesh"], ["other/gw"])),
  })
  .map((fields) => withoutUndefined<HTTPMatchRequest>(fields));

/** What a caller feels of a route: two destinations with weights, or one; perhaps a timeout. */
const treatment: fc.Arbitrary<Pick<HTTPRoute, "route" | "timeout">> = fc
  .record({ n: fc.nat(3), weight: fc.nat(100), timeout: sometimes(1, fc.constantFrom("1s", "0s", "2s")) })
  .map(({ n, weight, timeout }) => ({
    route:
      weight % 4 === 0
        ? [{ destination: { host: `d${n}.com` } }]
        : [
            { destination: { host: "s.com", subset: "a" }, weight: 50 },
            { destination: { host: "s.com", subset: `b${n}` }, weight },
          ],
    ...(timeout === undefined ? {} : { timeout }),
  }));

const route: fc.Arbitrary<HTTPRoute> = fc
  .tuple(sometimes(8, fc.array(match, { minLength: 1, maxLength: 3 })), treatment)
  .map(([list, rest]) => (list === undefined ? rest : { match: list, ...rest }));

/** The `http` list of one VirtualService. */
export const table: fc.Arbitrary<readonly HTTPRoute[]> = fc.array(route, { maxLength: 7 });

/** A change of such a list as people make them. */
export const edit: fc.Arbitrary<(routes: readonly HTTPRoute[]) => readonly HTTPRoute[]> = fc
  .array(
    fc.tuple(fc.constantFrom("remove", "insert", "replace", "swap", "treat"), fc.nat(20), fc.nat(20), route),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((steps) => (routes) => {
    const result = [...routes];
    for (const [kind, at, to, fresh] of steps) {
      const [i, j] = [at % (result.length || 1), to % (result.length || 1)];
      if (kind === "insert" || result.length === 0) result.splice(i, 0, fresh);
      else if (kind === "remove") result.splice(i, 1);
      else if (kind === "replace") result[i] = fresh;
      else if (kind === "swap") [result[i], result[j]] = [result[j]!, result[i]!];
      else result[i] = { ...result[i]!, route: fresh.route! };
    }
    return result;
  });

const requestPath = fc.oneof(
  fc
    .array(fc.constantFrom("a", "b", "A", "/", "api", "v1", "v2", "API", "x", "//", "zz"), { maxLength: 5 })
    .map((parts) => `/${parts.join("")}`),
  path,
  path.map((text) => `${text}x`),
  path.map((text) => `${text}/`),
  path.map((text) => text.slice(0, -1) || "/"),
);
const requestValue = fc.constantFrom(
  "a",
  "b",
  "ab",
  "aab",
  "premium",
  "PREMIUM",
  "p",
  "x",
  "y",
  "z",
  "",
  "xb",
);

/** Requests near the edges of what the matches above tell apart. */
export const request: fc.Arbitrary<Request> = fc.record({
  path: requestPath,
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "P", "XX"),
  scheme: fc.constantFrom("http", "https"),
  authority: fc.constantFrom("h.com", "h.com:8080", "H.com", "h.com:1", "H.COM:80"),
  headers: fc.dictionary(fc.constantFrom("h1", "h2", "user-tier"), requestValue, { maxKeys: 3 }),
  query: fc.dictionary(fc.constantFrom("q", "r"), requestValue, { maxKeys: 2 }),
  port: fc.constantFrom(80, 8080, 9090),
  namespace: fc.constantFrom("n1", "n2", "n3"),
  labels: fc.dictionary(fc.constantFrom("app", "ver"), fc.constantFrom("v1", "v2", "v3"), { maxKeys: 2 }),
});
