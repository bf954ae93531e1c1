import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { analyzeManifests } from "../../src/cli/analyze/findings.ts";
import { readManifests } from "../../src/manifest/read.ts";
import type { Row } from "./row.ts";

const virtualService = (index: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: service-${index}, namespace: team-${index % 20} }
spec:
  hosts: [service-${index}, service-${index}.example.com]
  gateways: [mesh, istio-ingress/public]
  http:
    - name: premium
      match:
        - uri: { prefix: /api/v${index} }
          headers: { user-tier: { exact: premium }, x-flag: { regex: "^on|yes$" } }
      route:
        - destination: { host: service-${index}, subset: canary, port: { number: 8080 } }
          weight: 10
        - destination: { host: service-${index}, subset: stable, port: { number: 8080 } }
          weight: 90
      timeout: 5s
      retries: { attempts: 3, perTryTimeout: 1s, retryOn: "5xx,reset" }
    - route: [{ destination: { host: service-${index}, subset: stable } }]
      corsPolicy: { allowOrigins: [{ exact: https://example.com }], allowMethods: [GET], maxAge: 24h }
`;

const destinationRule = (index: number) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: service-${index}, namespace: team-${index % 20} }
spec:
  host: service-${index}
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100, connectTimeout: 2s }, http: { http2MaxRequests: 500, maxRetries: 3 } }
    outlierDetection: { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50 }
    loadBalancer: { simple: LEAST_REQUEST }
    tls: { mode: ISTIO_MUTUAL }
  subsets:
    - { name: stable, labels: { version: v1 } }
    - { name: canary, labels: { version: v2 }, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }
`;

const manifests = (count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? virtualService(index >> 1) : destinationRule(index >> 1),
  );

const rounds = 7;
const sluice = join(import.meta.dirname, "..", "..", "src", "cli", "sluice.js");

/**
 * `sluice analyze` as a whole process, from the files on disk to the answer: CPU time of 1,000 manifests, none of whose
 * services are there, beside a process that does nothing but read them; and the memory that 10,000 keep.
 */
export async function analyze(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  try {
    for (const [index, text] of manifests(1000).entries()) writeFileSync(join(folder, `${index}.yaml`), text);
    const bare = cpuTime([bareReader(folder), folder]);
    const whole = cpuTime([sluice, "analyze", folder, "--format", "json"]);
    const bound = 1.5 * bare + 150;
    return [
      { name: "1,000 manifests analyzed, CPU time of the process", value: milliseconds(whole) },
      { name: "… read by a process that does nothing else", value: milliseconds(bare) },
      { name: "… 1.5 times that and 150 ms, the bound", value: milliseconds(bound) },
      { name: "memory kept by 10,000 manifests", value: memory() },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program that reads every file of a folder and counts the documents. */
function bareReader(folder: string): string {
  const outfile = `${folder}.mjs`;
  const reader = join(import.meta.dirname, "..", "..", "src", "manifest", "read.ts");
  buildSync({
    stdin: {
      contents: `import { readManifests } from ${JSON.stringify(reader)};
        import { readdirSync, readFileSync } from "node:fs";
        let documents = 0;
        for (const name of readdirSync(process.argv[2]))
          documents += readManifests(name, readFileSync(process.argv[2] + "/" + name, "utf8")).documents.length;
        if (documents !== 1000) throw new Error("a manifest of the benchmark was not read");`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
  });
  return outfile;
}

/** The least CPU time of several runs, in milliseconds: whatever else the machine does only adds to it. */
function cpuTime(args: readonly string[]): number {
  const report = `data:text/javascript,${encodeURIComponent(
    'process.on("exit", () => { const { user, system } = process.cpuUsage(); console.error("cpu", user + system); });',
  )}`;
  const times = Array.from({ length: rounds }, () => {
    const { stderr } = spawnSync(process.execPath, ["--import", report, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    const measured = /cpu (\d+)\n$/.exec(stderr)?.[1];
    if (measured === undefined) throw new Error(`no time measured: ${stderr}`);
    return Number(measured) / 1000;
  });
  return Math.min(...times);
}

/** Measured in a process of its own, which can ask for a garbage collection. */
function memory(): string {
  return execFileSync(process.execPath, ["--expose-gc", import.meta.filename, "memory"], {
    encoding: "utf8",
  }).trim();
}

function retained(): string {
  const texts = manifests(10_000);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const files = texts.map((text, index) => readManifests(`${index}.yaml`, text));
  const result = analyzeManifests(files, [], 0);
  globalThis.gc?.();
  const mebibytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  return `${mebibytes.toFixed(1)} MiB with ${result.mistakes.length.toLocaleString("en")} findings, for ${files.length.toLocaleString("en")} files`;
}

function milliseconds(time: number): string {
  return `${time.toFixed(0)} ms`;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] === "memory") console.log(retained());
  else for (const { name, value } of await analyze()) console.log(`${name}: ${value}`);
}
