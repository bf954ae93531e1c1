import { isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { type AnalysisContext, defineAnalysis, type Statement } from "./analysis.ts";
import { isAmbientNamespace } from "./references/ambient.ts";

export const ambientWithoutWaypoint = defineAnalysis({
  id: "ambient-without-waypoint",
  title: "Nobody in ambient mode follows these rules",
  level: "warning",
  docs: {
    what: "finds VirtualServices and DestinationRules for services in ambient mode that have no waypoint, or that stand in another namespace than the service",
    why: "without sidecars only a waypoint reads routes, retries and outlier detection, and it reads those of the service's own namespace",
    do: "Label the service or its namespace with `istio.io/use-waypoint`, and keep its routing in the same namespace.",
    example: {
      base: "",
      head: `
apiVersion: v1
kind: Namespace
metadata: { name: prod, labels: { istio.io/dataplane-mode: ambient } }
---
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ timeout: 5s, route: [{ destination: { host: reviews } }] }]
`,
    },
  },
  *check({ mesh }) {
    if (!mesh.others.some(({ kind, name }) => kind === "Namespace" && isAmbientNamespace(mesh, name))) return;
    const services = servicesByHost(mesh);
    const qualify = (host: string, namespace: string) =>
      services.get(qualifyHost(host, namespace, mesh.settings.clusterDomain));
    for (const object of mesh.virtualServices) {
      const { hosts = [], gateways } = object.spec;
      if (gateways?.length && !gateways.includes("mesh")) continue;
      for (const [index, host] of hosts.entries()) {
        yield* judge(mesh, object, ["spec", "hosts", index], qualify(host, object.namespace));
      }
    }
    for (const object of mesh.destinationRules) {
      const { host = "", trafficPolicy, subsets } = object.spec;
      const isForLayer7 =
        subsets?.length || trafficPolicy?.outlierDetection || trafficPolicy?.connectionPool?.http;
      if (!isForLayer7 || isWildcard(host)) continue;
      yield* judge(mesh, object, ["spec", "host"], qualify(host, object.namespace));
    }
  },
});

type Service = AnalysisContext["mesh"]["services"][number];

function* judge(
  mesh: Mesh,
  object: MeshObject<unknown>,
  path: Statement["path"],
  service: Service | undefined,
): Generator<Statement> {
  if (!service || !isAmbientNamespace(mesh, service.namespace)) return;
  const place = { object, path, certainty: "needs-inventory" as const };
  if (!usesWaypoint(mesh, service)) {
    yield {
      ...place,
      subject: `waypoint of ${service.id}`,
      message: `${service.id} is in ambient mode and uses no waypoint, so nobody applies this`,
      fix: "label the service or its namespace with istio.io/use-waypoint",
    };
  } else if (object.namespace !== service.namespace) {
    yield {
      ...place,
      subject: `namespace of ${service.id}`,
      message: `the waypoint of ${service.id} reads what stands in namespace ${service.namespace}, not in ${object.namespace}`,
      fix: `move it to namespace ${service.namespace}`,
    };
  }
}

const waypointLabel = "istio.io/use-waypoint";

/** The service's own word goes first; `none` is a word too. */
function usesWaypoint(mesh: Mesh, service: Service): boolean {
  const waypoint =
    service.labels[waypointLabel] ?? namespaceLabels(mesh).get(service.namespace)?.[waypointLabel];
  return (waypoint ?? "none") !== "none";
}

const labels = new WeakMap<Mesh, ReadonlyMap<string, MeshObject["labels"]>>();

function namespaceLabels(mesh: Mesh): ReadonlyMap<string, MeshObject["labels"]> {
  const namespaces = mesh.others.filter(({ kind }) => kind === "Namespace");
  const known =
    labels.get(mesh) ?? new Map(namespaces.map((namespace) => [namespace.name, namespace.labels]));
  labels.set(mesh, known);
  return known;
}

function servicesByHost(mesh: Mesh): ReadonlyMap<string, Service> {
  const own = new Map(mesh.services.map((service) => [service.id, service]));
  return new Map(
    meshServices(mesh).flatMap(({ host, object }) => {
      const service = own.get(object.id);
      return service ? [[host, service] as const] : [];
    }),
  );
}
