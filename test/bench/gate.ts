import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import type { Files, LocalGitHub, Repository } from "../github/index.ts";
import { type Stage, startStage } from "../worker/harness.ts";
import type { Row } from "./row.ts";

const manifest = (name: string, canary: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: prod }
spec:
  hosts: [${name}]
  http:
    - timeout: 5s
      route:
        - { destination: { host: ${name}, subset: stable }, weight: ${100 - canary} }
        - { destination: { host: ${name}, subset: canary }, weight: ${canary} }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: prod }
spec:
  host: ${name}
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } }
  subsets:
    - { name: stable, labels: { version: stable } }
    - { name: canary, labels: { version: canary } }
`;

const mesh = (size: number, canary: number): Files =>
  Object.fromEntries(
    Array.from({ length: size }, (_, index) => [
      `mesh/service-${index}.yaml`,
      manifest(`service-${index}`, canary),
    ]),
  );

const policy = "version: 1\nmode: enforce\n";
const sizes = [1, 30, 300] as const;

/** The gate as a whole: acknowledgement, requests, time to verdict, bundle. Everything runs the real Worker in workerd. */
export async function gate(): Promise<Row[]> {
  return [...(await withWorker()), ...evaluationRows(), ...bundleRows()];
}

async function withWorker(): Promise<Row[]> {
  const stage = await startStage({
    main: "src/worker.ts",
    vars: { SLUICE_DEBOUNCE_MS: "1500" },
    repositories: [
      { name: ".github", files: { ".github/sluice.yaml": policy } },
      ...sizes.map((size) => ({ name: `mesh-${size}`, files: mesh(size, 10) })),
      { name: "pushes", files: mesh(30, 10) },
    ],
  });
  try {
    return [
      ...(await requestRows(stage)),
      ...(await acknowledgementRows(stage)),
      ...(await verdictRows(stage)),
    ];
  } finally {
    await stage.stop();
  }
}

/** GitHub requests of a first evaluation, with nothing cached. */
async function requestRows({ github }: Stage): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const before = github.requests.length;
    await openAndWait(github, github.repository(`acme/mesh-${size}`), mesh(size, 20));
    const requests = github.requests.slice(before);
    const tokens = requests.filter(({ path }) => path.endsWith("/access_tokens")).length;
    const writes =
      requests.filter(({ method, path }) => method !== "GET" && path !== "/graphql").length - tokens;
    rows.push({
      name: `requests for ${size} changed manifests`,
      value: `${requests.length - tokens - writes} reads, ${writes} writes, ${tokens} tokens`,
    });
  }
  return rows;
}

async function openAndWait(github: LocalGitHub, repo: Repository, files: Files): Promise<void> {
  await github.push({ repo, branch: "change", files });
  const { headSha } = await github.openPullRequest({ repo, head: "change" });
  await completed(github, repo, headSha);
}

async function completed(github: LocalGitHub, repo: Repository, sha: string): Promise<void> {
  const isDone = () =>
    github.checkRuns(sha).some(({ suite, status }) => suite.repository === repo && status === "completed");
  await github.until(isDone, 60_000);
  await github.settled();
}

/** How long a webhook waits for its answer. */
async function acknowledgementRows({ github }: Stage): Promise<Row[]> {
  const durations: number[] = [];
  for (let delivery = 0; delivery < 200; delivery++) {
    const begun = performance.now();
    github.redeliver(github.webhooks.deliveries.findLast(({ event }) => event === "pull_request")!);
    await github.settled();
    durations.push(performance.now() - begun);
  }
  return [{ name: "acknowledgement, 200 deliveries", value: quantiles(durations, [0.5, 0.99]) }];
}

/** From a push to the published verdict, each GitHub call taking 150 ms longer. */
async function verdictRows({ github }: Stage): Promise<Row[]> {
  const repo = github.repository("acme/pushes");
  await openAndWait(github, repo, { "mesh/service-0.yaml": manifest("service-0", 11) });
  github.knobs.latencyMs = 150;
  const durations: number[] = [];
  for (let canary = 12; canary < 32; canary++) {
    const begun = performance.now();
    const files = { "mesh/service-0.yaml": manifest("service-0", canary) };
    const sha = await github.push({ repo, branch: "change", files });
    await completed(github, repo, sha);
    durations.push(performance.now() - begun);
  }
  github.knobs.latencyMs = 0;
  return [
    { name: "push to verdict, 150 ms a call, coalescing included", value: quantiles(durations, [0.5, 0.95]) },
  ];
}

/** CPU of one evaluation without GitHub: 300 manifests, one of them changed. */
function evaluationRows(): Row[] {
  const base = new Map(Object.entries(mesh(300, 10)) as [string, string][]);
  const head = new Map(base).set("mesh/service-7.yaml", manifest("service-7", 60));
  const absent = { kind: "absent", source: "none" } as const;
  const effective = effectivePolicy(policyLayers(absent, absent), "enforce");
  const durations = Array.from({ length: 30 }, () => {
    const begun = process.cpuUsage();
    evaluate({ base, head, unreadable: [] }, effective, { now: 0 });
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  });
  return [
    { name: "CPU of an evaluation, 600 objects, one changed", value: quantiles(durations, [0.5, 0.95]) },
  ];
}

function bundleRows(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
  try {
    execFileSync("wrangler", ["deploy", "--dry-run", "--minify", "--outdir", folder], { stdio: "ignore" });
    const bundle = join(folder, "worker.js");
    const startUp = Array.from({ length: 9 }, () => startUpCpu(bundle));
    return [
      { name: "bundle, gzip", value: `${(gzipSync(readFileSync(bundle)).length / 1024).toFixed(1)} KiB` },
      { name: "start-up CPU of the bundle's code", value: quantiles(startUp, [0.5]) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** CPU milliseconds to compile and run the bundle's top level, in a fresh process that has nothing else to do. */
function startUpCpu(bundle: string): number {
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve: (name, context, next) => name.startsWith("cloudflare:")
      ? { url: "data:text/javascript,export class DurableObject{}; export class WorkerEntrypoint{}", shortCircuit: true }
      : next(name, context) });
    const begun = process.cpuUsage();
    await import(${JSON.stringify(bundle)});
    const { user, system } = process.cpuUsage(begun);
    console.log((user + system) / 1000);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
}

function quantiles(values: readonly number[], wanted: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return wanted
    .map((quantile) => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0;
      return `p${quantile * 100} ${value.toFixed(1)} ms`;
    })
    .join(", ");
}
