import { importsService, importsVirtualService, readEgressHosts } from "../../mesh/egress-hosts.ts";
import type { Sidecar } from "../../mesh/istio.ts";
import type { MeshObject } from "../../mesh/object.ts";
import type { RouteTable, StaticValues } from "./table.ts";

/**
 * The ports, namespaces and labels that tell proxies of this table apart. Every combination of these values, and of "some
 * other value" for each, covers all proxies there are.
 */
export function staticValues(table: RouteTable): StaticValues {
  const ports = new Set<number>();
  const namespaces = new Set<string>();
  const labels = new Map<string, Set<string>>();
  const addLabels = (selector: Readonly<Record<string, string>> | undefined): void => {
    for (const [key, value] of Object.entries(selector ?? {})) {
      labels.set(key, (labels.get(key) ?? new Set()).add(value));
    }
  };
  for (const { service, routes } of table.candidates) {
    if (service.visibility.kind === "namespaces") {
      for (const namespace of service.visibility.namespaces) namespaces.add(namespace);
    }
    for (const { static: fixed } of routes) {
      if (fixed.port !== null) ports.add(fixed.port);
      if (fixed.sourceNamespace !== null) namespaces.add(fixed.sourceNamespace);
      addLabels(fixed.sourceLabels);
    }
  }
  for (const sidecar of table.context.gateway === "mesh" ? decidingSidecars(table) : []) {
    namespaces.add(sidecar.namespace);
    addLabels(sidecar.spec.workloadSelector?.labels);
    for (const { port } of sidecar.spec.egress ?? []) if (port?.number) ports.add(port.number);
    // On port 80 a hidden service may still be answered for (`hiddenList`).
    ports.add(80);
  }
  return {
    ports: [...ports],
    namespaces: [...namespaces],
    labels: new Map([...labels].map(([key, values]) => [key, [...values]])),
  };
}

/** The Sidecars that make a difference here: they hide something of this table, or let through what the default hides. */
function decidingSidecars(table: RouteTable): readonly MeshObject<Sidecar>[] {
  const { sidecars, settings } = table.mesh;
  if (sidecars.length === 0) return [];
  const isDefault = (sidecar: MeshObject<Sidecar>): boolean =>
    sidecar.namespace === settings.rootNamespace && !sidecar.spec.workloadSelector;
  const views = sidecars.map((sidecar) => ({ sidecar, view: viewOf(table, sidecar) }));
  const everything = viewOf(table, null);
  const standard = views.find(({ sidecar }) => isDefault(sidecar))?.view ?? everything;
  return views.filter(({ view }) => view !== standard).map(({ sidecar }) => sidecar);
}

/** What of the table a Sidecar lets through, as a text to compare; null for "no Sidecar". */
function viewOf(table: RouteTable, sidecar: MeshObject<Sidecar> | null): string {
  const listeners = sidecar?.spec.egress?.length ? sidecar.spec.egress : [{ hosts: ["*/*"] }];
  const views = listeners.map((listener) => {
    const hosts = readEgressHosts(listener.hosts ?? [], sidecar?.namespace ?? "");
    const services = table.candidates.map(({ service }) =>
      importsVirtualService(hosts, service.object.namespace, service.hosts),
    );
    const { service } = table;
    const port = "port" in listener ? (listener.port?.number ?? null) : null;
    return [port, services, service ? importsService(hosts, service.namespace, service.host) : true];
  });
  const policy = sidecar?.spec.outboundTrafficPolicy;
  const hidesService = JSON.stringify(views).includes("false");
  return JSON.stringify([views, hidesService && policy ? (policy.mode ?? "REGISTRY_ONLY") : null]);
}
