import type { Json, JsonObject } from "../../src/manifest/source.ts";
import type { Mesh, MeshObject } from "../../src/mesh/object.ts";
import { defaultMeshSettings } from "../../src/mesh/settings.ts";

/** A mesh with nothing in it but what the test names. */
export function meshOf(parts: Partial<Mesh>): Mesh {
  return {
    settings: defaultMeshSettings,
    virtualServices: [],
    destinationRules: [],
    gateways: [],
    serviceEntries: [],
    sidecars: [],
    services: [],
    workloads: [],
    others: [],
    problems: [],
    refused: [],
    notRendered: [],
    outranked: [],
    ...parts,
  };
}

/** An object of the mesh as a file `test.yaml` would hold it. */
export function objectOf<Spec>(
  kind: string,
  namespace: string,
  name: string,
  spec: Spec,
  created?: number,
): MeshObject<Spec> {
  const value = { kind, metadata: { name, namespace }, spec: spec as Json } as JsonObject;
  const locate = () => ({ file: "test.yaml", line: 1, column: 1, endLine: 1, endColumn: 2 });
  return {
    id: `${kind}/${namespace}/${name}`,
    scope: "",
    clusters: [],
    apiVersion: "networking.istio.io/v1",
    kind,
    namespace,
    namespaceOrigin: "manifest",
    name,
    labels: {},
    annotations: {},
    ...(created !== undefined && { created }),
    spec,
    document: { file: "test.yaml", index: 0, value, locate },
    locate,
  };
}
