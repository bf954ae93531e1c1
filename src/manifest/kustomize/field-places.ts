/** Short ways to say which field of which kinds is meant. */
import type { FieldSpec } from "./field-spec.ts";

export const at = (kind: string, ...paths: readonly string[]): FieldSpec[] =>
  paths.map((path) => ({ kind, path }));
export const creating = (specs: readonly FieldSpec[]): FieldSpec[] =>
  specs.map((spec) => ({ ...spec, create: true }));
export const inGroup = (group: string, specs: readonly FieldSpec[]): FieldSpec[] =>
  specs.map((spec) => ({ ...spec, group }));
export const v1 = (specs: readonly FieldSpec[]): FieldSpec[] =>
  specs.map((spec) => ({ ...spec, version: "v1" }));

/** Kinds that run pods, and where the pod's specification stands in them. */
export const podSpecs: readonly (readonly [string, string])[] = [
  ["Pod", "spec"],
  ["PodTemplate", "template/spec"],
  ["Deployment", "spec/template/spec"],
  ["ReplicaSet", "spec/template/spec"],
  ["DaemonSet", "spec/template/spec"],
  ["StatefulSet", "spec/template/spec"],
  ["Job", "spec/template/spec"],
  ["CronJob", "spec/jobTemplate/spec/template/spec"],
];
export const replicationController: readonly [string, string] = [
  "ReplicationController",
  "spec/template/spec",
];

export function inPods(
  paths: readonly string[],
  pods: readonly (readonly [string, string])[] = podSpecs,
): FieldSpec[] {
  return pods.flatMap(([kind, base]) => at(kind, ...paths.map((path) => `${base}/${path}`)));
}

export const onPodsOfVersion1 = (specs: readonly FieldSpec[]): FieldSpec[] =>
  specs.map((spec) => (spec.kind === "Pod" ? { ...spec, version: "v1" } : spec));

export const inContainers = (...paths: readonly string[]): string[] =>
  paths.flatMap((path) => [`containers/${path}`, `initContainers/${path}`]);
