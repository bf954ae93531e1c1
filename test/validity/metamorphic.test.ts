import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject } from "../../src/manifest/json.ts";
import type { Json, JsonObject } from "../../src/manifest/source.ts";
import { schemaErrors, validateObject } from "../../src/mesh/validity/validity.ts";
import { pathText } from "../../src/mesh/validity/violation.ts";
import { manifest } from "./manifests.ts";

/** Accepted manifests that between them use every branch of the schemas that users meet. */
const accepted: readonly JsonObject[] = [
  manifest(
    "VirtualService",
    `
hosts: [reviews]
http:
  - name: premium
    match: [{ uri: { prefix: /api }, headers: { user-tier: { exact: premium } }, port: 80, sourceLabels: { app: web } }]
    route: [{ destination: { host: reviews, subset: v2, port: { number: 9080 } }, weight: 10 }, { destination: { host: reviews }, weight: 90, headers: { request: { set: { x-a: b } } } }]
    timeout: 5s
    retries: { attempts: 3, perTryTimeout: 1s, retryOn: 5xx, retryRemoteLocalities: true }
    mirror: { host: shadow }
    mirrorPercentage: { value: 0.5 }
    fault: { abort: { httpStatus: 503, percentage: { value: 1 } } }
    corsPolicy: { allowOrigins: [{ exact: https://a.com }], maxAge: 24h }
  - directResponse: { status: 404, body: { string: none } }
exportTo: [.]`,
  ),
  manifest(
    "DestinationRule",
    `
host: reviews
trafficPolicy:
  connectionPool: { tcp: { maxConnections: 10, connectTimeout: 1s, tcpKeepalive: { probes: 3 } }, http: { h2UpgradePolicy: UPGRADE } }
  loadBalancer: { consistentHash: { httpCookie: { name: user, ttl: 0s } }, localityLbSetting: { distribute: [{ from: a/*, to: { a/*: 100 } }] } }
  outlierDetection: { consecutive5xxErrors: 5, interval: 10s }
  portLevelSettings: [{ port: { number: 80 }, tls: { mode: SIMPLE } }]
subsets: [{ name: v1, labels: { version: v1 } }]`,
  ),
  manifest(
    "Gateway",
    "selector: { istio: ingressgateway }\nservers: [{ hosts: ['*.a.com'], port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: cert } }]",
  ),
  manifest(
    "ServiceEntry",
    "hosts: [api.a.com]\nresolution: STATIC\nlocation: MESH_EXTERNAL\nports: [{ number: 443, name: tls, protocol: TLS }]\nendpoints: [{ address: 10.0.0.1, ports: { tls: 8443 }, labels: { a: b } }]",
  ),
  manifest(
    "Sidecar",
    "workloadSelector: { labels: { app: web } }\ningress: [{ port: { number: 80, protocol: HTTP, name: http }, defaultEndpoint: '127.0.0.1:8080' }]\negress: [{ hosts: ['./*', istio-system/*] }]\noutboundTrafficPolicy: { mode: REGISTRY_ONLY }",
  ),
];
const one = fc.constantFrom(...accepted);

/** The same value with every object's fields in another order. */
function shuffled(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, inner]): [string, Json] => [key, shuffled(inner, seed)]);
  const turn = fields.length === 0 ? 0 : seed % fields.length;
  return Object.fromEntries([...fields.slice(turn), ...fields.slice(0, turn)].reverse());
}

/** Every object of the schema within `spec`, as a path; labels and the like have keys of their own. */
function objectsIn(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const free = ["labels", "sourceLabels", "selector", "headers", "set", "to", "ports", "metadata"];
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, [...path, index]));
  if (!isObject(value)) return [];
  const isFree = free.includes(String(path.at(-1)));
  return [
    ...(isFree ? [] : [path]),
    ...Object.entries(value).flatMap(([key, inner]) => objectsIn(inner, [...path, key])),
  ];
}

/** The value with `change` made at `path`. */
function changed(value: Json, path: readonly (string | number)[], change: (at: Json) => Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? changed(item, rest, change) : item));
  const object = value as JsonObject;
  return { ...object, [first]: changed(object[first]!, rest, change) };
}

describe("whatever is accepted", () => {
  test.each(accepted.map((value) => [String(value.kind), value] as const))("%s: is accepted", (_, value) => {
    expect(validateObject(value)).toMatchObject({
      accepted: true,
      webhook: { errors: [] },
      crd: { errors: [] },
    });
  });

  test("stays so in any order of fields and any served version", () => {
    fc.assert(
      fc.property(one, fc.nat(50), fc.constantFrom("v1", "v1beta1", "v1alpha3"), (value, seed, version) => {
        const other = shuffled({ ...value, apiVersion: `networking.istio.io/${version}` }, seed);
        expect(validateObject(other).accepted).toBe(true);
      }),
    );
  });

  test("is refused by the API server alone, and for nothing else, when it gets a field that does not exist", () => {
    fc.assert(
      fc.property(one, fc.nat(), (value, choice) => {
        const places = objectsIn(value.spec!, ["spec"]);
        const place = places[choice % places.length]!;
        const field = "zzFieldOfNobody";
        const judged = validateObject(changed(value, place, (at) => ({ ...(at as JsonObject), [field]: 1 })));
        expect(judged.crd.errors.map(({ code, path }) => `${code} ${pathText(path)}`)).toEqual([
          `unknown-field ${pathText([...place, field])}`,
        ]);
        expect(judged.webhook.valid).toBe(true);
      }),
    );
  });

  test("is not changed by nulls of fields that exist", () => {
    fc.assert(
      fc.property(
        one,
        fc.constantFrom("hosts", "exportTo", "workloadSelector", "subsets"),
        (value, field) => {
          const known = schemaErrors(
            changed(value, ["spec"], (at) => ({ ...(at as JsonObject), [field]: [] })),
          ).every(({ code }) => code !== "unknown-field");
          fc.pre(known && (value.spec as JsonObject)[field] === undefined);
          expect(
            validateObject(changed(value, ["spec"], (at) => ({ ...(at as JsonObject), [field]: null })))
              .accepted,
          ).toBe(true);
        },
      ),
    );
  });

  test("reads the same to istiod with quoted numbers, which the API server refuses", () => {
    fc.assert(
      fc.property(one, (value) => {
        const quoted = (at: Json): Json =>
          typeof at === "number"
            ? String(at)
            : Array.isArray(at)
              ? at.map(quoted)
              : isObject(at)
                ? Object.fromEntries(Object.entries(at).map(([key, inner]) => [key, quoted(inner)]))
                : at;
        const judged = validateObject({ ...value, spec: quoted(value.spec!) });
        expect(judged.webhook.valid).toBe(true);
        expect(judged.crd.valid).toBe(JSON.stringify(quoted(value.spec!)) === JSON.stringify(value.spec));
      }),
    );
  });
});

test("judges any JSON without failing, and says where", () => {
  const kinds = fc.constantFrom("VirtualService", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar");
  const names = fc.constantFrom(
    "hosts",
    "http",
    "route",
    "match",
    "tls",
    "servers",
    "port",
    "host",
    "subsets",
    "trafficPolicy",
    "egress",
    "ports",
    "endpoints",
    "name",
    "number",
    "headers",
    "__proto__",
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<Json>(null, true, 0, -1, 1.5, "", "a", "*", "5s", 2n ** 60n),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(names, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).value as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(kinds, json, json, (kind, spec, metadata) => {
      const judged = validateObject({ apiVersion: "networking.istio.io/v1", kind, metadata, spec });
      for (const { code, path, message } of [
        ...judged.crd.errors,
        ...judged.webhook.errors,
        ...judged.webhook.warnings,
      ]) {
        expect(code).toMatch(/^[a-z0-9-]+$/);
        expect(path.length).toBeGreaterThan(0);
        expect(message.length).toBeGreaterThan(5);
      }
    }),
    { numRuns: 500 },
  );
});
