import type { SelectedGateway } from "./gateway-servers.ts";
import type { Gateway } from "./istio.ts";
import type { Mesh, MeshObject } from "./object.ts";
import { type MeshService, meshServices } from "./services.ts";
import { compareAge, selects } from "./visibility.ts";

/** A pod that runs a gateway. */
export interface GatewayWorkload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A port of a service in front of a workload, and where the workload listens for it. */
interface ServiceTarget {
  readonly service: MeshService;
  readonly port: number;
  readonly targetPort: number;
}

/** Set by Istio on Gateways that it makes of Kubernetes Gateways: the services through which they are reached. */
const serviceAnnotation = "internal.istio.io/gateway-service";
/** On a Service: Gateways name the pod's port, not the service's (gateway.go `DisableGatewayPortTranslationLabel`). */
const untranslatedLabel = "experimental.istio.io/disable-gateway-port-translation";

/**
 * The Gateways that a workload serves, oldest first: those whose selector its labels carry, whatever their namespace; one
 * without a selector applies to all (pilot/pkg/model/push_context.go `mergeGateways`).
 */
export function selectGateways(mesh: Mesh, workload: GatewayWorkload): readonly SelectedGateway[] {
  const targets = serviceTargets(mesh, workload);
  return [...mesh.gateways].sort(compareAge).flatMap((object): SelectedGateway[] => {
    const named = object.annotations[serviceAnnotation];
    if (named === undefined) {
      const fits = selects(object.spec.selector, workload.labels);
      return fits ? [{ object, listeningPorts: (port) => [translated(port, targets)] }] : [];
    }
    const own = targets.filter(({ service }) => isNamed(service, named, object));
    if (own.length === 0) return [];
    const listeningPorts = (port: number): readonly number[] => [
      ...new Set(own.filter((target) => target.port === port).map(({ targetPort }) => targetPort)),
    ];
    return [{ object, listeningPorts }];
  });
}

const isNamed = (service: MeshService, names: string, gateway: MeshObject<Gateway>): boolean =>
  names.split(",").includes(service.host) && service.namespace === gateway.namespace;

/** The first service with the port says where its pods listen; without one the port is meant as it stands (`resolvePorts`). */
function translated(port: number, targets: readonly ServiceTarget[]): number {
  const found = targets.find(
    (target) => target.port === port && !(untranslatedLabel in target.service.object.labels),
  );
  return found?.targetPort ?? port;
}

/** The listening port behind a port of the workload's services, for clients that come through the service. */
export function targetPortOf(mesh: Mesh, workload: GatewayWorkload, port: number): number | null {
  return serviceTargets(mesh, workload).find((target) => target.port === port)?.targetPort ?? null;
}

function serviceTargets(mesh: Mesh, workload: GatewayWorkload): readonly ServiceTarget[] {
  return meshServices(mesh)
    .filter((service) => service.namespace === workload.namespace && isInFront(service, workload))
    .flatMap((service) =>
      service.ports.flatMap(({ number, targetPort }) =>
        // A port by name needs the pod, which Git seldom shows: then the service's own number is the best guess.
        [{ service, port: number, targetPort: typeof targetPort === "number" ? targetPort : number }],
      ),
    );
}

/**
 * Whether a service leads to the workload. Inline endpoints name addresses, which Git does not give to pods: those of
 * a mesh-internal ServiceEntry in the workload's namespace count unless their labels say otherwise.
 */
function isInFront({ object }: MeshService, { labels }: GatewayWorkload): boolean {
  const { spec } = object;
  if ("selector" in spec)
    return Object.keys(spec.selector ?? {}).length > 0 && selects(spec.selector, labels);
  if ("workloadSelector" in spec && spec.workloadSelector) {
    return selects(spec.workloadSelector.labels, labels);
  }
  if (!("endpoints" in spec) || !("location" in spec) || spec.location !== "MESH_INTERNAL") return false;
  return (spec.endpoints ?? []).some((endpoint) => selects(endpoint.labels, labels));
}
