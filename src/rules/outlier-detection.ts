import * as z from "zod";
import type { Range } from "../manifest/source.ts";
import { type DestinationPolicy, effectiveDestinationPolicy } from "../mesh/destination-policy.ts";
import { isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule, OutlierDetection, VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { worldOf } from "../mesh/worlds.ts";
import type { Violation } from "./finding.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  hosts: z
    .array(z.string())
    .default(["*.svc.cluster.local"])
    .meta({ tighter: "union", description: "Hosts, with wildcards, whose destinations need it." }),
});
type Options = z.output<typeof options>;

export const outlierDetection = defineStateRule({
  id: "outlier-detection",
  title: "A destination has no outlier detection",
  approval: null,
  docs: {
    what: "requires effective outlierDetection for every destination of a changed VirtualService or DestinationRule",
    why: "without it Istio keeps sending requests to a pod that answers with errors, and locality failover never starts",
    do: "Set `trafficPolicy.outlierDetection`. A subset's or port's own trafficPolicy replaces blocks, so look there as well.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    outlierDetection: { consecutive5xxErrors: 5 }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100 } }
`,
    },
  },
  options,
  *check(context) {
    for (const destination of destinations(context)) {
      if (!context.options.hosts.some((pattern) => isSubsetOf(destination.host, pattern))) continue;
      const violation = judge(destination, context);
      if (violation) yield violation;
    }
  },
});

/** Somewhere that a changed object sends requests to, or sets the policy of. */
interface Destination {
  readonly host: string;
  readonly port: number | null;
  readonly subset: string | null;
  /** The object that speaks of it, and where: reported when Git shows no DestinationRule. */
  readonly object: MeshObject<unknown>;
  readonly range: () => Range;
}

function* destinations({ mesh, touched }: StateContext<Options>): Generator<Destination> {
  for (const service of mesh.virtualServices) if (touched.has(service.id)) yield* routed(service, mesh);
  for (const rule of mesh.destinationRules) if (touched.has(rule.id)) yield* governed(rule, mesh);
}

function* routed(service: MeshObject<VirtualService>, { settings }: Mesh): Generator<Destination> {
  for (const protocol of ["http", "tls", "tcp"] as const) {
    for (const [index, entry] of (service.spec[protocol] ?? []).entries()) {
      for (const [leg, { destination }] of (entry.route ?? []).entries()) {
        yield {
          host: qualifyHost(destination.host, service.namespace, settings.clusterDomain),
          port: destination.port?.number ?? null,
          subset: destination.subset ?? null,
          object: service,
          range: () => service.locate(["spec", protocol, index, "route", leg, "destination"]),
        };
      }
    }
  }
}

function* governed(rule: MeshObject<DestinationRule>, { settings }: Mesh): Generator<Destination> {
  const host = qualifyHost(rule.spec.host ?? "", rule.namespace, settings.clusterDomain);
  const ports = rule.spec.trafficPolicy?.portLevelSettings?.map(({ port }) => port?.number ?? null) ?? [];
  const subsets = rule.spec.subsets?.map(({ name }) => name) ?? [];
  for (const subset of subsets.length > 0 ? subsets : [null]) {
    for (const port of [null, ...ports]) {
      yield { host, port, subset, object: rule, range: () => rule.locate(["spec"], "key") };
    }
  }
}

const clients = new WeakMap<Mesh, readonly string[]>();

/** Namespaces that may hold callers, as far as Git shows. */
function clientNamespaces(mesh: Mesh): readonly string[] {
  const known = clients.get(mesh);
  if (known) return known;
  const objects = [...mesh.workloads, ...mesh.services, ...mesh.virtualServices, ...mesh.destinationRules];
  const namespaces = [
    ...new Set([...objects.map(({ namespace }) => namespace), mesh.settings.rootNamespace]),
  ].sort();
  clients.set(mesh, namespaces);
  return namespaces;
}

function judge(destination: Destination, context: StateContext<Options>): Violation | null {
  const { host, port, subset } = destination;
  const world = worldOf(context.mesh, destination.object);
  const policies = clientNamespaces(world)
    .map((client) => effectiveDestinationPolicy(world, client, {}, host, port, subset))
    .filter(({ rules }) => rules.length > 0);
  const unprotected = policies.find(({ blocks }) => !isOn(blocks.outlierDetection?.value));
  if (unprotected) return withoutProtection(destination, unprotected, context);
  return policies.length === 0 ? withoutRule(destination, context) : null;
}

/** Zero switches a detector off (destination_rule.proto); gateway errors are off unless set. */
function isOn(block: OutlierDetection | undefined): boolean {
  if (!block) return false;
  return block.consecutive5xxErrors !== 0 || (block.consecutiveGatewayErrors ?? 0) > 0;
}

function withoutProtection(
  destination: Destination,
  { rules: [rule], subset, blocks }: DestinationPolicy,
  { limit }: StateContext<Options>,
): Violation {
  const name = destinationText(destination);
  const off = blocks.outlierDetection;
  const object = off?.object ?? subset?.object ?? rule!;
  const path =
    off?.path ?? subset?.path ?? (object.spec.trafficPolicy ? ["spec", "trafficPolicy"] : ["spec", "host"]);
  return {
    object: object.id,
    subject: name,
    range: object.locate(path, off ? "key" : "value"),
    message: off ? `outlierDetection of ${name} is switched off` : `${name} has no outlierDetection`,
    after: off ? "switched off" : "none",
    fix: "set trafficPolicy.outlierDetection, for example { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s }",
    certainty: "certain",
    limit: limit("hosts"),
  };
}

function withoutRule(destination: Destination, { limit }: StateContext<Options>): Violation {
  const name = destinationText(destination);
  return {
    object: destination.object.id,
    subject: name,
    range: destination.range(),
    message: `Git shows no DestinationRule with outlierDetection for ${name}`,
    after: "unknown",
    fix: "add a DestinationRule with trafficPolicy.outlierDetection, or name the repository that holds it",
    certainty: "needs-inventory",
    limit: limit("hosts"),
  };
}

function destinationText({ host, port, subset }: Destination): string {
  return `${host}${port === null ? "" : `:${port}`}${subset === null ? "" : ` subset ${subset}`}`;
}
