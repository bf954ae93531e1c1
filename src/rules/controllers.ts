import { isObject } from "../manifest/json.ts";
import type { Json } from "../manifest/source.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { appliedTogether, isWhole } from "../mesh/scope.ts";
import type { JudgedRoute } from "./routes.ts";

/** A Flagger Canary or an Argo Rollout that sets weights by itself while it releases. */
export interface Controller {
  readonly object: MeshObject;
  /** VirtualServices whose weights it sets, as `namespace/name`, and which of their HTTP routes: null for all. */
  readonly owned: ReadonlyMap<string, ReadonlySet<string> | null>;
  /** Name of the Service, and of the subset, that is the proven version: where Git has all the weight. */
  readonly stable: { readonly service: string | null; readonly subset: string | null };
  /** Nothing tells for sure that it works through Istio. */
  readonly isLikely: boolean;
  /** Percent of the traffic at each stage of a release, from 0; null where it does not move traffic in stages. */
  readonly stages: readonly number[] | null;
}

const found = new WeakMap<Mesh, readonly Controller[]>();

/** The controllers that Git shows. */
export function controllers(mesh: Mesh): readonly Controller[] {
  const known = found.get(mesh);
  if (known) return known;
  const result = mesh.others.flatMap((object) => {
    if (object.kind === "Canary") return flaggerCanary(object);
    return object.kind === "Rollout" ? argoRollout(object) : [];
  });
  found.set(mesh, result);
  return result;
}

/** The controller that sets the weights of a route, or null. */
export function controllerOf(mesh: Mesh, { protocol, entry, name }: JudgedRoute): Controller | null {
  const key = `${entry.object.namespace}/${entry.object.name}`;
  const owner = controllers(mesh).find(({ object, owned }) => {
    const scopes = [object.scope, entry.object.scope] as const;
    if (!appliedTogether(...scopes) && !scopes.some(isWhole)) return false;
    const routes = owned.get(key);
    return routes === null || (routes !== undefined && protocol === "http" && routes.has(name ?? ""));
  });
  return owner ?? null;
}

/** Names of the Services that Flagger makes for a Canary (pkg/apis/flagger/v1beta1/canary.go `GetServiceNames`). */
export function generatedServices({ kind, spec }: MeshObject): readonly string[] {
  if (kind !== "Canary") return [];
  const apex = text(at(spec, "service", "name")) ?? text(at(spec, "targetRef", "name"));
  return apex === null ? [] : [apex, `${apex}-primary`, `${apex}-canary`];
}

/** Flagger generates the VirtualService under the name of its service and overwrites what it finds there. */
function flaggerCanary(object: MeshObject): Controller[] {
  const { spec, namespace } = object;
  const [apex] = generatedServices(object);
  const provider = text(spec.provider) ?? "istio";
  if (apex === undefined || provider !== "istio") return [];
  const analysis = at(spec, "analysis") ?? at(spec, "canaryAnalysis");
  return [
    {
      object,
      owned: new Map([[`${namespace}/${apex}`, null]]),
      stable: { service: `${apex}-primary`, subset: null },
      // Without it the provider is a flag of the Flagger deployment.
      isLikely: spec.provider === undefined,
      stages: flaggerStages(analysis),
    },
  ];
}

/**
 * Steps until the weight is at least `maxWeight`, or the listed weights; with iterations and no match everything at once
 * (pkg/controller/scheduler.go `runCanary`, `runBlueGreen`). Promotion gives traffic back to the primary: no stage.
 */
function flaggerStages(analysis: Json | undefined): readonly number[] | null {
  const { stepWeight, stepWeights, maxWeight, iterations, match } = isObject(analysis) ? analysis : {};
  if (number(iterations) > 0) return Array.isArray(match) && match.length > 0 ? null : [0, 100];
  const listed = Array.isArray(stepWeights) ? stepWeights.map(number).filter((weight) => weight > 0) : [];
  if (number(stepWeight) <= 0) return listed.length > 0 ? [0, ...listed.map(capped)] : null;
  const most = listed.at(-1) ?? (number(maxWeight) || 100);
  const step = Math.max(1, Math.trunc(number(stepWeight)));
  const stages = [0];
  while (stages.at(-1)! < Math.min(most, 100)) stages.push(capped(stages.at(-1)! + step));
  return stages;
}

/** pkg/apis/rollouts/v1alpha1 `IstioTrafficRouting`: a VirtualService is `name`, or `name.namespace`. */
function argoRollout(object: MeshObject): Controller[] {
  const canary = at(object.spec, "strategy", "canary");
  const istio = at(canary, "trafficRouting", "istio");
  const several = at(istio, "virtualServices");
  const services = [at(istio, "virtualService"), ...(Array.isArray(several) ? several : [])];
  const owned = new Map<string, ReadonlySet<string> | null>();
  for (const service of services) {
    const [name, ...namespace] = (text(at(service, "name")) ?? "").split(".");
    if (!name) continue;
    const routes = at(service, "routes");
    const key = `${namespace.join(".") || object.namespace}/${name}`;
    owned.set(key, Array.isArray(routes) && routes.length > 0 ? new Set(routes.map(String)) : null);
  }
  if (owned.size === 0) return [];
  const stable = {
    service: text(at(canary, "stableService")),
    subset: text(at(istio, "destinationRule", "stableSubsetName")),
  };
  return [{ object, owned, stable, isLikely: false, stages: rolloutStages(canary) }];
}

/** Every `setWeight`, and 100 at the end: when the steps are over, the new version gets everything. */
function rolloutStages(canary: Json | undefined): readonly number[] {
  const steps = at(canary, "steps");
  const total = number(at(canary, "trafficRouting", "maxTrafficWeight")) || 100;
  const weights = (Array.isArray(steps) ? steps : []).flatMap((step) => {
    const weight = at(step, "setWeight");
    return weight === undefined ? [] : [capped((100 * number(weight)) / total)];
  });
  return [0, ...weights, 100];
}

function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function number(value: Json | undefined): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

const capped = (weight: number): number => Math.min(Math.max(weight, 0), 100);
