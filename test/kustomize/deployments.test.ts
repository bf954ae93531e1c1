import { describe, expect, test } from "vitest";
import { readRepository } from "../../src/manifest/kustomize/repository.ts";
import { buildMesh } from "../../src/mesh/build.ts";

const home = "https://git.example.com/acme/mesh.git";

const rule = (name: string) =>
  `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ${name}}, spec: {host: ${name}}}`;

/** A kustomization of one rule. */
const app = (directory: string, name = "r"): Record<string, string> => ({
  [`${directory}/kustomization.yaml`]: "resources: [r.yaml]\n",
  [`${directory}/r.yaml`]: rule(name),
});

const application = (name: string, source: string, destination = "{ namespace: shop }") => `---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec: { source: { repoURL: "${home}", ${source} }, destination: ${destination} }
`;

const applicationSet = (generators: string, template: string, go = false) => `
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps, namespace: argocd }
spec:
  goTemplate: ${go}
  generators: ${generators}
  template:
    metadata: { name: x }
    spec: ${template}
`;

const flux = (name: string, spec: string) => `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec: { sourceRef: { kind: GitRepository, name: flux-system }, ${spec} }
`;

function meshOf(files: Record<string, string>) {
  return buildMesh(readRepository(new Map(Object.entries(files))).files);
}

/** `scope id clusters` of every rule. */
function rules(files: Record<string, string>): string[] {
  return meshOf(files)
    .destinationRules.map(({ scope, id, clusters }) =>
      [scope || ".", id.replace("DestinationRule/", ""), ...clusters].join(" "),
    )
    .sort();
}

describe("an Argo CD Application", () => {
  test("sends what names no namespace to its destination", () => {
    expect(
      rules({ ...app("a"), "apps.yaml": application("a", "path: a", "{ namespace: shop, name: eu }") }),
    ).toEqual(["a shop/r eu"]);
  });

  test("may change the kustomization that it deploys", () => {
    const kustomize =
      "path: a, kustomize: { namePrefix: eu-, namespace: eu, commonLabels: { tier: web }, patches: [{ target: { kind: DestinationRule }, patch: '- { op: replace, path: /spec/host, value: other }' }] }";
    const mesh = meshOf({ ...app("a"), "apps.yaml": application("a", kustomize) });
    expect(mesh.destinationRules).toMatchObject([
      { id: "DestinationRule/eu/eu-r", labels: { tier: "web" }, spec: { host: "other" } },
    ]);
    expect(mesh.destinationRules[0]!.locate(["spec", "host"])).toMatchObject({ file: "apps.yaml" });
  });

  test("may deploy a folder of plain manifests, and several sources", () => {
    const sources = `---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: many }
spec:
  sources:
    - { repoURL: "${home}", path: plain }
    - { repoURL: "${home}", path: a }
    - { repoURL: https://charts.example.com, chart: redis }
  destination: { namespace: shop }
`;
    expect(rules({ ...app("a"), "plain/p.yaml": rule("p"), "apps.yaml": sources })).toEqual([
      "a shop/r",
      "plain shop/p",
    ]);
  });

  test.each([
    ["another repository", "https://git.example.com/other/thing"],
    ["another host", "https://git.example.org/acme/mesh"],
  ])("of %s has nothing to say of a folder that is called the same here", (_, repoURL) => {
    const other = application("other", "path: b").replace(home, repoURL);
    const apps = application("a", "path: a") + application("c", "path: c") + other;
    expect(rules({ ...app("a"), ...app("b", "s"), ...app("c", "t"), "apps.yaml": apps })).toEqual([
      "a shop/r",
      "b default/s",
      "c shop/t",
    ]);
  });

  test("names its repository in any spelling", () => {
    const spellings = ["git@git.example.com:acme/mesh.git", "ssh://git@git.example.com/acme/mesh", home];
    const apps = spellings.map((url, index) =>
      application(`a${index}`, `path: a${index}`).replace(home, url),
    );
    const files = Object.assign({}, ...spellings.map((_, index) => app(`a${index}`, `r${index}`)));
    expect(rules({ ...files, "apps.yaml": apps.join("") })).toEqual([
      "a0 shop/r0",
      "a1 shop/r1",
      "a2 shop/r2",
    ]);
  });
});

describe("an ApplicationSet", () => {
  const source = (path: string, destination: string) =>
    `{ source: { repoURL: "${home}", path: "${path}" }, destination: ${destination} }`;

  test("of a list", () => {
    const list = "[{ list: { elements: [{ env: dev, cluster: c1 }, { env: prod, cluster: c2 }] } }]";
    const set = applicationSet(list, source("apps/{{env}}", '{ name: "{{cluster}}", namespace: "{{env}}" }'));
    expect(rules({ ...app("apps/dev"), ...app("apps/prod"), "set.yaml": set })).toEqual([
      "apps/dev dev/r c1",
      "apps/prod prod/r c2",
    ]);
  });

  test("of the directories of the repository, without those that are excluded", () => {
    const git = `[{ git: { repoURL: "${home}", directories: [{ path: apps/* }, { path: apps/old, exclude: true }] } }]`;
    const set = applicationSet(git, source("{{path}}", '{ namespace: "{{path.basename}}" }'));
    expect(rules({ ...app("apps/web"), ...app("apps/old"), "set.yaml": set })).toEqual([
      "apps/old default/r",
      "apps/web web/r",
    ]);
  });

  test("of files of the repository, in Go templates", () => {
    const git = `[{ git: { repoURL: "${home}", files: [{ path: "clusters/*/config.json" }] } }]`;
    const set = applicationSet(
      git,
      source("{{ .app.path }}", '{ name: "{{ .path.basename }}", namespace: "{{ .app.ns }}" }'),
      true,
    );
    const config = '{ "app": { "path": "apps/web", "ns": "shop" } }';
    expect(rules({ ...app("apps/web"), "clusters/eu/config.json": config, "set.yaml": set })).toEqual([
      "apps/web shop/r eu",
    ]);
  });

  test("of a matrix, which says once what goes to several clusters alike", () => {
    const matrix = `[{ matrix: { generators: [
      { git: { repoURL: "${home}", directories: [{ path: apps/* }] } },
      { list: { elements: [{ cluster: eu }, { cluster: us }] } } ] } }]`;
    const set = applicationSet(
      matrix,
      source("{{path}}", '{ name: "{{cluster}}", namespace: "{{path.basename}}" }'),
    );
    expect(rules({ ...app("apps/web"), ...app("apps/db"), "set.yaml": set })).toEqual([
      "apps/db db/r eu us",
      "apps/web web/r eu us",
    ]);
  });

  test.each([
    [
      "a generator that asks elsewhere",
      "[{ clusters: {} }]",
      '{ name: "{{name}}", namespace: shop }',
      "generators list, git and matrix",
    ],
    [
      "an expression that nothing fills in",
      "[{ list: { elements: [{ a: b }] } }]",
      '{ namespace: "{{c}}" }',
      "expression",
    ],
  ])("of %s tells nothing false, and says so", (_, generators, destination, reason) => {
    const files = {
      ...app("apps/web"),
      "set.yaml": applicationSet(generators, source("apps/web", destination)),
    };
    expect(rules(files)).toEqual(["apps/web default/r"]);
    const { holes } = readRepository(new Map(Object.entries(files)));
    expect(holes.map((hole) => hole.reason).join()).toContain(reason);
  });
});

describe("a Flux Kustomization", () => {
  test("sets the namespace, patches and names the cluster", () => {
    const spec = `path: ./a, targetNamespace: shop, kubeConfig: { secretRef: { name: eu } },
      patches: [{ target: { kind: DestinationRule }, patch: "- { op: replace, path: /spec/host, value: other }" }]`;
    const mesh = meshOf({ ...app("a"), "flux.yaml": flux("a", spec) });
    expect(mesh.destinationRules).toMatchObject([
      { id: "DestinationRule/shop/r", clusters: ["eu"], spec: { host: "other" } },
    ]);
  });

  test("fills in its own values over those of ConfigMaps, at the line of the value", () => {
    const spec =
      "path: ./a, postBuild: { substitute: { team: web }, substituteFrom: [{ kind: ConfigMap, name: vars }] }";
    const mesh = meshOf({
      "a/kustomization.yaml": "resources: [r.yaml]\n",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux writes its names so.
      "a/r.yaml": rule("r").replace("host: r", "host: '${team}.${domain:=none}'"),
      "flux.yaml": flux("a", spec),
      "vars.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: vars, namespace: flux-system }\ndata:\n  domain: example.com\n",
    });
    expect(mesh.destinationRules).toMatchObject([{ spec: { host: "web.example.com" } }]);
    expect(mesh.destinationRules[0]!.locate(["spec", "host"])).toMatchObject({ file: "vars.yaml", line: 5 });
  });

  test("labels everything with its common metadata", () => {
    const spec = "path: ./a, commonMetadata: { labels: { env: prod }, annotations: { owner: web } }";
    const mesh = meshOf({ ...app("a"), "flux.yaml": flux("a", spec) });
    expect(mesh.destinationRules).toMatchObject([{ labels: { env: "prod" }, annotations: { owner: "web" } }]);
  });

  test("applies all manifests of a folder that has no kustomization", () => {
    expect(
      rules({ "a/x/r.yaml": rule("r"), "flux.yaml": flux("a", "path: ./a, targetNamespace: shop") }),
    ).toEqual(["a shop/r"]);
  });

  test("of another repository's folder has nothing to say", () => {
    const repository = (name: string, url: string) =>
      `---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: ${name}, namespace: flux-system }\nspec: { url: "${url}" }\n`;
    const sources =
      repository("flux-system", "ssh://git@git.example.com/acme/mesh") +
      repository("podinfo", "https://git.example.com/other/podinfo");
    const other = flux("podinfo", "path: ./b, targetNamespace: other").replace(
      "name: flux-system }",
      "name: podinfo }",
    );
    const own = ["a", "c"].map((name) => flux(name, `path: ./${name}, targetNamespace: shop`)).join("");
    expect(
      rules({
        ...app("a"),
        ...app("b", "s"),
        ...app("c", "t"),
        "flux.yaml": own + other,
        "sources.yaml": sources,
      }),
    ).toEqual(["a shop/r", "b default/s", "c shop/t"]);
  });
});
