import type { Labels } from "../../mesh/istio/primitives.ts";
import type { Mesh, Workload } from "../../mesh/object.ts";
import { selects } from "../../mesh/visibility.ts";

interface PodIndex {
  /** Workloads by a label, with and without their namespace: `app=web`, `prod\napp=web`. */
  readonly byLabel: ReadonlyMap<string, readonly Workload[]>;
  readonly byNamespace: ReadonlyMap<string, readonly Workload[]>;
}

const indexes = new WeakMap<Mesh, PodIndex>();

/** The workloads whose pods carry all labels of a selector; an empty one selects every pod. Null: in any namespace. */
export function podsSelected(
  mesh: Mesh,
  selector: Labels | undefined,
  namespace: string | null,
): readonly Workload[] {
  const { byLabel, byNamespace } = podIndex(mesh);
  const labels = Object.entries(selector ?? {});
  if (labels.length === 0) return namespace === null ? mesh.workloads : (byNamespace.get(namespace) ?? []);
  const prefix = namespace === null ? "" : `${namespace}\n`;
  const lists = labels.map(([key, value]) => byLabel.get(`${prefix}${key}=${value}`) ?? []);
  const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a));
  return labels.length === 1 ? shortest : shortest.filter(({ podLabels }) => selects(selector, podLabels));
}

/** A selector as Kubernetes writes it: `app=web,tier=front`, sorted by label. */
export function selectorText(selector: Labels | undefined): string {
  return Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** The label that stands first in a selector's text: where its line is. */
export function firstLabel(selector: Labels | undefined): readonly string[] {
  return Object.keys(selector ?? {})
    .sort()
    .slice(0, 1);
}

function podIndex(mesh: Mesh): PodIndex {
  const known = indexes.get(mesh);
  if (known) return known;
  const byLabel = new Map<string, Workload[]>();
  const byNamespace = new Map<string, Workload[]>();
  for (const workload of mesh.workloads) {
    file(byNamespace, workload.namespace, workload);
    for (const [key, value] of Object.entries(workload.podLabels)) {
      file(byLabel, `${key}=${value}`, workload);
      file(byLabel, `${workload.namespace}\n${key}=${value}`, workload);
    }
  }
  const index = { byLabel, byNamespace };
  indexes.set(mesh, index);
  return index;
}

function file(index: Map<string, Workload[]>, key: string, workload: Workload): void {
  const known = index.get(key);
  if (known) known.push(workload);
  else index.set(key, [workload]);
}
