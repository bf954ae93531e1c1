import { readManifests } from "../../src/manifest/read.ts";
import type { Json } from "../../src/manifest/source.ts";
import { schemaErrors, validateObject } from "../../src/mesh/validity/validity.ts";
import type { Row } from "./row.ts";

const virtualService = (index: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: service-${index}, namespace: prod }
spec:
  hosts: [service-${index}, service-${index}.example.com]
  gateways: [mesh, ingress/public]
  http:
    - name: premium
      match:
        - uri: { prefix: /api/v${index} }
          headers: { user-tier: { exact: premium }, x-flag: { regex: "^on|yes$" } }
      route:
        - destination: { host: service-${index}, subset: canary, port: { number: 8080 } }
          weight: 10
        - destination: { host: service-${index}, subset: stable, port: { number: 8080 } }
          weight: 90
      timeout: 5s
      retries: { attempts: 3, perTryTimeout: 1s, retryOn: "5xx,reset" }
    - route: [{ destination: { host: service-${index}, subset: stable } }]
      corsPolicy: { allowOrigins: [{ exact: https://example.com }], allowMethods: [GET], maxAge: 24h }
`;

const destinationRule = (index: number) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: service-${index}, namespace: prod }
spec:
  host: service-${index}
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100, connectTimeout: 2s }, http: { http2MaxRequests: 500, maxRetries: 3 } }
    outlierDetection: { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50 }
    loadBalancer: { simple: LEAST_REQUEST }
    tls: { mode: ISTIO_MUTUAL }
  subsets:
    - { name: stable, labels: { version: v1 } }
    - { name: canary, labels: { version: v2 }, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }
`;

/** Measures the judging of 500 VirtualServices and 500 DestinationRules that are already read, in milliseconds of CPU time. */
export async function validity(): Promise<Row[]> {
  const values = [virtualService, destinationRule].flatMap((template) =>
    Array.from(
      { length: 500 },
      (_, index) => readManifests("mesh.yaml", template(index)).documents[0]!.value,
    ),
  );
  const schema = rounds(values, (value) => schemaErrors(value).length === 0);
  const both = rounds(values, (value) => validateObject(value).accepted);
  return [
    { name: "1,000 manifests against the API server's schema", value: milliseconds(schema) },
    { name: "… and istiod's webhook", value: milliseconds(both) },
  ];
}

/** Each round judges every value; the first one runs code that no compiler has seen. */
function rounds(values: readonly Json[], isAccepted: (value: Json) => boolean): number[] {
  return Array.from({ length: 20 }, () => {
    const before = process.cpuUsage();
    if (!values.every(isAccepted)) throw new Error("a manifest of the benchmark is refused");
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
}

function milliseconds(times: readonly number[]): string {
  return `${times[0]!.toFixed(1)} ms at first, ${Math.min(...times).toFixed(1)} ms at best`;
}

if (process.argv[1] === import.meta.filename) {
  for (const { name, value } of await validity()) console.log(`${name}: ${value}`);
}
