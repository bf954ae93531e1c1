/** Argo CD: `Application` (argo-cd `docs/operator-manual/application.yaml`). */
import type { ManifestDocument } from "../source.ts";
import { type Deployment, directoryAt, nameOfObject, objectOf, sourceAt, textAt } from "./deployment.ts";
import { field, fieldAt, items, type Traced } from "./traced.ts";

export const argoGroup = "argoproj.io";

/** What an Application deploys from this repository; none for anything else. */
export function applicationDeployments(document: ManifestDocument): Deployment[] {
  const body = objectOf(document, argoGroup, "Application");
  return body === null ? [] : deploymentsOf(body);
}

/** What an Application, written or made of a template, deploys. */
export function deploymentsOf(body: Traced): Deployment[] {
  const spec = field(body, "spec");
  if (spec === undefined) return [];
  const source = field(spec, "source");
  const sources = [
    ...(source === undefined ? [] : [source]),
    ...items(field(spec, "sources") ?? { ...spec, value: [] }),
  ];
  return sources.flatMap((one) => deploymentOf(body, spec, one));
}

function deploymentOf(body: Traced, spec: Traced, source: Traced): Deployment[] {
  const path = textAt(source, "path");
  const directory = directoryAt(path);
  const isOther =
    textAt(source, "chart") !== "" ||
    field(source, "helm") !== undefined ||
    field(source, "plugin") !== undefined;
  if (path === "" || directory === null || isOther) return [];
  const destination = field(spec, "destination") ?? spec;
  return [
    {
      by: "Argo CD",
      name: nameOfObject(body),
      directory,
      source: sourceAt(textAt(source, "repoURL")),
      namespace: textAt(destination, "namespace") || null,
      clusters: clustersOf(destination),
      body,
      changes: kustomizeChanges(field(source, "kustomize")),
      recurses: fieldAt(source, "directory", "recurse")?.value === true,
    },
  ];
}

/** Argo CD's names for the cluster that it is in itself: each installation calls its own one so. */
const ownCluster = /^(?:in-cluster|https:\/\/kubernetes\.default\.svc(?:\.cluster\.local)?(?::443)?\/?)?$/;

function clustersOf(destination: Traced): string[] {
  const cluster = textAt(destination, "name") || textAt(destination, "server");
  return ownCluster.test(cluster) ? [] : [cluster];
}

/** Argo CD writes these into the kustomization before it builds (`util/kustomize/kustomize.go`). */
function kustomizeChanges(kustomize: Traced | undefined): (readonly [string, Traced])[] {
  if (kustomize === undefined) return [];
  const names = [
    "namePrefix",
    "nameSuffix",
    "namespace",
    "commonLabels",
    "commonAnnotations",
    "replicas",
    "patches",
    "components",
  ];
  return names.flatMap((name) => {
    const value = field(kustomize, name);
    return value === undefined || value.value === null ? [] : [[name, value] as const];
  });
}
