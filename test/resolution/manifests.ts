import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import type { Mesh } from "../../src/mesh/object.ts";
import type { MeshSettings } from "../../src/mesh/settings.ts";

/** The mesh of one manifest file. */
export function meshFrom(text: string, settings: Partial<MeshSettings> = {}): Mesh {
  return meshOfFiles({ "mesh.yaml": text }, settings);
}

/** The mesh of several files by path. */
export function meshOfFiles(
  files: Readonly<Record<string, string>>,
  settings: Partial<MeshSettings> = {},
): Mesh {
  const mesh = buildMesh(
    Object.entries(files).map(([path, text]) => readManifests(path, text)),
    { settings },
  );
  // A manifest of a test that is no part of the mesh would make the test say nothing.
  const problems = [...mesh.problems, ...mesh.refused.flatMap((refused) => refused.problems)];
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return mesh;
}

const networking = "apiVersion: networking.istio.io/v1";

function object(kind: string, name: string, fields: string, metadata = ""): string {
  const [namespace, local] = name.split("/");
  const own = metadata === "" ? "" : `, ${metadata}`;
  const spec = fields.trim().replaceAll(/^/gm, "  ");
  return `${networking}\nkind: ${kind}\nmetadata: {namespace: ${namespace}, name: ${local}${own}}\nspec:\n${spec}\n---\n`;
}

/** A manifest of the kind; `name` is `namespace/name`, `fields` the YAML of its spec. */
export const virtualService = (name: string, fields: string, metadata?: string): string =>
  object("VirtualService", name, fields, metadata);
export const destinationRule = (name: string, fields: string, metadata?: string): string =>
  object("DestinationRule", name, fields, metadata);
export const gateway = (name: string, fields: string, metadata?: string): string =>
  object("Gateway", name, fields, metadata);
export const serviceEntry = (name: string, fields: string, metadata?: string): string =>
  object("ServiceEntry", name, fields, metadata);
export const sidecar = (name: string, fields: string, metadata?: string): string =>
  object("Sidecar", name, fields, metadata);

/** A Kubernetes Service; `ports` as `name:number`, or `name:number:targetPort`. */
export function service(name: string, ports: readonly string[], fields = ""): string {
  const [namespace, local] = name.split("/");
  const list = ports.map((port) => {
    const [label, number, target] = port.split(":");
    return `{name: ${label}, port: ${number}${target === undefined ? "" : `, targetPort: ${target}`}}`;
  });
  const rest = fields === "" ? "" : `\n  ${fields}`;
  return `apiVersion: v1\nkind: Service\nmetadata: {namespace: ${namespace}, name: ${local}}\nspec:\n  ports: [${list.join(", ")}]${rest}\n---\n`;
}

/** The YAML of an `http` list of routes to one host each: `path → host`. */
export const http = (...routes: readonly string[]): string =>
  [
    "http:",
    ...routes.map((item) => {
      const [path = "", host = ""] = item.split(" -> ");
      const match = path === "" ? "" : `match: [{uri: {prefix: ${path}}}], `;
      return `- {${match}route: [{destination: {host: ${host}}}]}`;
    }),
  ].join("\n");
