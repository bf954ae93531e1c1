import { describe, expect, it } from "vitest";
import { render } from "../../src/cli/render.ts";
import { folder, recording } from "./folder.ts";

const files = {
  "base/kustomization.yaml": "resources: [reviews.yaml]\n",
  "base/reviews.yaml": `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
spec:
  hosts: [reviews]
  http:
  - timeout: 5s
    route:
    - destination: { host: reviews }
`,
  "overlays/prod/kustomization.yaml": `namespace: prod
namePrefix: eu-
resources: [../../base]
patches:
- path: patch.yaml
- target: { kind: VirtualService }
  patch: |-
    - { op: replace, path: /spec/http/0/timeout, value: 2s }
`,
  "overlays/prod/patch.yaml": `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews.prod]
`,
};

async function run(contents: Record<string, string>, ...args: string[]) {
  const terminal = recording(folder(contents));
  const exit = await render.run(args, terminal);
  return { exit, ...terminal.shown };
}

describe("sluice render", () => {
  it("says of each object, and of what comes from elsewhere, which line it is", async () => {
    const { exit, out, error } = await run(files, "overlays/prod");
    expect({ exit, error }).toEqual({ exit: 0, error: "" });
    expect(
      out,
    ).toBe(`# VirtualService/prod/eu-reviews from base/reviews.yaml:1, with overlays/prod/patch.yaml:3, overlays/prod/kustomization.yaml:1
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: eu-reviews # made from overlays/prod/patch.yaml:3
  namespace: prod # overlays/prod/kustomization.yaml:1
spec:
  hosts: # overlays/prod/patch.yaml:5
  - reviews.prod
  http:
  - route:
    - destination:
        host: reviews
    timeout: 2s # overlays/prod/kustomization.yaml:8
`);
  });

  it("prints as yaml exactly what kubectl kustomize prints", async () => {
    const { out } = await run(files, "overlays/prod", "--format", "yaml");
    expect(out).toBe(`apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: eu-reviews
  namespace: prod
spec:
  hosts:
  - reviews.prod
  http:
  - route:
    - destination:
        host: reviews
    timeout: 2s
`);
  });

  it("lists the sources by path in its JSON", async () => {
    const { out } = await run(files, "overlays/prod", "--format", "json");
    const { objects } = JSON.parse(out);
    expect(objects).toMatchObject([
      { object: "VirtualService/prod/eu-reviews", kustomization: "overlays/prod/kustomization.yaml" },
    ]);
    expect(objects[0].sources).toMatchObject({
      "": { file: "base/reviews.yaml", line: 1, verbatim: true },
      "metadata.name": { verbatim: false },
      "spec.hosts": { file: "overlays/prod/patch.yaml", line: 5, column: 10 },
      "spec.http[0].timeout": { file: "overlays/prod/kustomization.yaml", line: 8 },
    });
  });

  it("builds a base too where it is named", async () => {
    const { out } = await run(files, "base", "overlays");
    expect(out.match(/^#.*?from/gm)).toEqual([
      "# VirtualService/reviews from",
      "# VirtualService/prod/eu-reviews from",
    ]);
  });

  it("shows of any other folder all that is applied, plain manifests as they stand", async () => {
    const plain = "apiVersion: v1\nkind: Service\nmetadata: { name: reviews, namespace: prod }\n";
    const { out } = await run({ ...files, "plain.yaml": plain, "values.yaml": "a: {{ b }}\n" }, ".");
    expect(out.match(/^#.*$/gm)).toEqual([
      "# Service/prod/reviews from plain.yaml:1",
      expect.stringContaining("# VirtualService/prod/eu-reviews from base/reviews.yaml:1"),
    ]);
  });

  it("shows a folder as its deployment changes it, and where that goes", async () => {
    const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: reviews, namespace: argocd }
spec:
  source: { repoURL: https://git.example.com/mesh.git, path: base, kustomize: { namePrefix: us- } }
  destination: { name: us-1, namespace: shop }
`;
    const { out } = await run(
      { ...files, "apps/reviews.yaml": application },
      "base",
      "apps",
      "--format",
      "pretty",
    );
    expect(out).toContain("# VirtualService/shop/us-reviews from base/reviews.yaml:1, to us-1\n");
    expect(out).toContain("  name: us-reviews # made from base/reviews.yaml:4\n");
  });

  it("says where and why something cannot be built, and exits with 2", async () => {
    const broken = { ...files, "overlays/prod/patch.yaml": "spec: [\n" };
    const { exit, out, error } = await run(broken, "overlays/prod");
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(error).toMatch(/^overlays\/prod\/patch\.yaml:\d+: could not be built: /);
  });
});
