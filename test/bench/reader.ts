import { pathToFileURL } from "node:url";
import { loadAll } from "js-yaml";
import { parseAllDocuments } from "yaml";
import { readManifests } from "../../src/manifest/read.ts";

export interface Row {
  readonly name: string;
  readonly value: string;
}

const manifests = 10_000;
/** As a repository holds them: several documents to a file. */
const perFile = 10;

/**
 * Measures reading on this machine: manifests per second of CPU time beside two well-known readers in the same run,
 * and the memory that 10,000 read manifests keep. Run it with `--expose-gc` to have the memory measured.
 */
export async function reader(): Promise<Row[]> {
  const files = Array.from({ length: manifests / perFile }, (_, file) =>
    Array.from({ length: perFile }, (_, document) => manifest(file * perFile + document)).join("---\n"),
  );
  const few = files.slice(0, 100);
  const sluice = fastest(files, (text) => readManifests("mesh.yaml", text));
  const jsYaml = fastest(files, (text) => loadAll(text));
  const yaml = fastest(few, (text) => parseAllDocuments(text).map((document) => document.toJS()));
  const located = fastest(few, (text) =>
    readManifests("mesh.yaml", text).documents.map((document) =>
      document.locate(["spec", "http", 0, "timeout"]),
    ),
  );
  return [
    { name: "manifests read per second", value: perSecond(sluice) },
    { name: "… with one place looked up in each", value: perSecond(located) },
    { name: "… by js-yaml, without places", value: `${perSecond(jsYaml)} (${ratio(sluice, jsYaml)})` },
    { name: "… by yaml, with places", value: `${perSecond(yaml)} (${ratio(sluice, yaml)})` },
    { name: `memory kept by ${manifests} manifests`, value: retained(files) },
  ];
}

/** Manifests per second of CPU time, the best of five rounds. */
function fastest(files: readonly string[], read: (text: string) => unknown): number {
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    for (const text of files) read(text);
    const { user, system } = process.cpuUsage(before);
    return (files.length * perFile) / ((user + system) / 1e6);
  });
  return Math.max(...rounds);
}

function retained(files: readonly string[]): string {
  if (globalThis.gc === undefined) return "not measured: needs --expose-gc";
  // Texts that are kept count too, so each is made anew.
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const kept = files.map((text, index) => readManifests(`${index}.yaml`, Buffer.from(text).toString()));
  globalThis.gc();
  const mebibytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  return `${mebibytes.toFixed(1)} MiB for ${kept.length} files`;
}

function perSecond(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function ratio(ours: number, theirs: number): string {
  return `ours is ${(ours / theirs).toFixed(2)} times as fast`;
}

/** A VirtualService of ordinary size, no two alike. */
function manifest(index: number): string {
  const name = `service-${index}`;
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${name}
  namespace: team-${index % 50}
  labels: {app: ${name}, tier: backend}
spec:
  hosts:
  - ${name}
  - ${name}.example.com # public
  gateways: [mesh, istio-ingress/public]
  http:
  - name: canary
    match:
    - headers:
        x-canary: {exact: "${index}"}
    route:
    - destination: {host: ${name}, subset: v2}
  - name: main
    timeout: ${(index % 9) + 1}s
    retries: {attempts: 2, perTryTimeout: 500ms, retryOn: "5xx,reset"}
    route:
    - destination:
        host: ${name}
        subset: v1
      weight: ${index % 100}
    - destination:
        host: ${name}
        subset: v2
      weight: ${100 - (index % 100)}
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { name, value } of await reader()) console.log(`${name.padEnd(40)} ${value}`);
}
