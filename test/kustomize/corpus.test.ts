import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Renderer } from "../../src/manifest/kustomize/render.ts";
import { yamlText } from "../../src/manifest/kustomize/yaml-text.ts";

const corpus = join(import.meta.dirname, "corpus");

/** A case is a folder with one root; `expected.yaml` is what `kubectl kustomize` (Kustomize 5.5) made of it. */
describe("kustomizations are built as kubectl builds them", () => {
  it.each(readdirSync(corpus))("%s", (name) => {
    const folder = join(corpus, name);
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith(".yaml") && path !== "expected.yaml",
    );
    const renderer = new Renderer(
      new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")])),
    );
    const [root] = renderer.roots();
    const { documents, failure } = renderer.render(root!);
    expect(failure).toBeNull();
    const built = documents.map(({ value }) => yamlText(value)).join("---\n");
    expect(built).toBe(readFileSync(join(folder, "expected.yaml"), "utf8"));
  });
});
