import { execFileSync } from "node:child_process";
import { Renderer } from "../../src/manifest/kustomize/render.ts";
import type { Row } from "./row.ts";

const bases = 50;
const overlaysOfEach = 4;

/** What one team keeps of a service: a workload, its traffic, and a setting. */
const base = (index: number) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: service-${index} }
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: app
          image: registry.example.com/service-${index}
          ports: [{ containerPort: 8080 }]
          envFrom: [{ configMapRef: { name: settings } }]
---
apiVersion: v1
kind: Service
metadata: { name: service-${index} }
spec: { ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: service-${index} }
spec:
  hosts: [service-${index}, service-${index}.example.com]
  gateways: [mesh, istio-ingress/public]
  http:
    - match: [{ uri: { prefix: /api } }, { headers: { x-tier: { exact: premium } } }]
      route: [{ destination: { host: service-${index}, subset: stable }, weight: 100 }]
      timeout: 5s
      retries: { attempts: 3, perTryTimeout: 1s, retryOn: "5xx,reset" }
    - route: [{ destination: { host: service-${index}, subset: stable } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: service-${index} }
spec:
  host: service-${index}
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5, interval: 30s, baseEjectionTime: 60s } }
  subsets: [{ name: stable, labels: { version: stable } }, { name: canary, labels: { version: canary } }]
`;

const baseKustomization = (index: number) => `resources: [objects.yaml]
labels: [{ pairs: { app: service-${index} }, includeSelectors: true }]
configMapGenerator: [{ name: settings, literals: [name=service-${index}, mode=fast] }]
`;

const component = `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: { kind: DestinationRule }
    patch: |-
      - { op: add, path: /spec/trafficPolicy/tls, value: { mode: ISTIO_MUTUAL } }
`;

const overlay = (index: number, stage: number) => `resources: [../../base]
components: [../../../components/mutual-tls]
namespace: stage-${stage}
commonAnnotations: { owner: team-${index % 20} }
images: [{ name: registry.example.com/service-${index}, newTag: "1.${stage}" }]
replicas: [{ name: service-${index}, count: ${stage + 1} }]
configMapGenerator: [{ name: settings, behavior: merge, literals: [stage=${stage}] }]
patches:
  - path: canary.yaml
  - target: { kind: VirtualService }
    patch: |-
      - { op: replace, path: /spec/http/0/timeout, value: ${stage + 2}s }
replacements:
  - source: { kind: Service, fieldPath: metadata.namespace }
    targets: [{ select: { kind: VirtualService }, fieldPaths: [spec.hosts.1], options: { delimiter: ., index: 1 } }]
`;

const canary = (index: number, weight: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: service-${index} }
spec:
  http:
    - route:
        - { destination: { host: service-${index}, subset: stable }, weight: ${100 - weight} }
        - { destination: { host: service-${index}, subset: canary }, weight: ${weight} }
      timeout: 5s
    - route: [{ destination: { host: service-${index}, subset: stable } }]
`;

function repository(): Map<string, string> {
  const texts = new Map([["components/mutual-tls/kustomization.yaml", component]]);
  for (let index = 0; index < bases; index += 1) {
    const home = `services-${index}`;
    texts.set(`${home}/base/objects.yaml`, base(index));
    texts.set(`${home}/base/kustomization.yaml`, baseKustomization(index));
    for (let stage = 0; stage < overlaysOfEach; stage += 1) {
      texts.set(`${home}/overlays/${stage}/kustomization.yaml`, overlay(index, stage));
      texts.set(`${home}/overlays/${stage}/canary.yaml`, canary(index, 10 * stage));
    }
  }
  return texts;
}

const changes = {
  nothing: (texts: Map<string, string>) => texts,
  "one overlay": (texts: Map<string, string>) =>
    texts.set("services-7/overlays/2/canary.yaml", canary(7, 60)),
  "one base": (texts: Map<string, string>) =>
    texts.set("services-7/base/objects.yaml", base(7).replace("timeout: 5s", "timeout: 6s")),
} as const;

/** CPU time in milliseconds of building every root of a state, and how many had to be built. */
function build(texts: Map<string, string>, earlier?: Renderer) {
  const before = process.cpuUsage();
  const renderer = new Renderer(texts, earlier && { earlier: { renderer: earlier } });
  const roots = renderer.roots().map((directory) => renderer.render(directory));
  const { user, system } = process.cpuUsage(before);
  const failure = roots.find((root) => root.failure !== null)?.failure;
  if (failure) throw new Error(`${failure.range.file}:${failure.range.line}: ${failure.reason}`);
  return { renderer, roots: roots.length, milliseconds: (user + system) / 1_000 };
}

/** What a process that has built nothing before takes for everything, and then for each change. */
function cold() {
  const first = build(repository());
  const again = Object.entries(changes).map(([name, change]) => {
    const { renderer, milliseconds } = build(change(repository()), first.renderer);
    return { name, milliseconds, built: renderer.built.length };
  });
  return { roots: first.roots, milliseconds: first.milliseconds, again };
}

const rounds = 5;

/** Overlays over bases: all of them built by a process that starts, and what a change costs behind that. */
export async function kustomize(): Promise<Row[]> {
  const runs = Array.from({ length: rounds }, () => {
    const script = `import { measured } from ${JSON.stringify(import.meta.filename)}; measured();`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    return JSON.parse(output) as ReturnType<typeof cold>;
  });
  const [run] = runs.sort((a, b) => a.milliseconds - b.milliseconds);
  return [
    {
      name: `${run!.roots} overlays over ${bases} bases built by a fresh process, CPU time`,
      value: `${run!.milliseconds.toFixed(0)} ms (the bound is 1,000)`,
    },
    ...run!.again.map(({ name, built }, index) => ({
      name: `… and again when ${name} is changed`,
      value: `${Math.min(...runs.map(({ again }) => again[index]!.milliseconds)).toFixed(0)} ms, ${built} built`,
    })),
  ];
}

/** Prints the measurement of this process. */
export function measured(): void {
  console.log(JSON.stringify(cold()));
}
