/** Repositories of kustomizations as nobody would write them, for comparison with kubectl. */
import fc from "fast-check";
import { type Layer, layer } from "./directives.ts";
import { object } from "./objects.ts";
import { type Fields, rare, stated, type Thing, type Value } from "./values.ts";

/** Texts by path; the root of every repository is `overlay`. */
export type Files = ReadonlyMap<string, string>;

const things = (minLength: number, maxLength: number) =>
  fc.uniqueArray(object, {
    minLength,
    maxLength,
    selector: ({ kind, metadata: own }) => `${kind} ${own.name} ${own.namespace ?? "default"}`,
  });

/** What a root alone may say. */
const rootFields = fc
  .record({
    sortOptions: rare(
      fc.constantFrom<Value>(
        { order: "fifo" },
        { order: "legacy" },
        { order: "legacy", legacySortOptions: { orderFirst: ["VirtualService"], orderLast: ["Namespace"] } },
      ),
    ),
    buildMetadata: rare(
      fc.subarray(["originAnnotations", "transformerAnnotations", "managedByLabel"], { minLength: 1 }),
    ),
    openapi: rare(fc.constant({ path: "schema.json" })),
  })
  .map(stated);

/** A schema in which the routes of a VirtualService merge by name, and the containers of a Deployment do not. */
const schema = JSON.stringify({
  definitions: {
    "io.istio.VirtualService": {
      type: "object",
      "x-kubernetes-group-version-kind": [
        { group: "networking.istio.io", version: "v1", kind: "VirtualService" },
      ],
      properties: {
        spec: {
          type: "object",
          properties: {
            hosts: { type: "array", items: { type: "string" }, "x-kubernetes-patch-strategy": "merge" },
            http: {
              type: "array",
              "x-kubernetes-patch-merge-key": "name",
              "x-kubernetes-patch-strategy": "merge",
              items: { type: "object", properties: { name: { type: "string" } } },
            },
          },
        },
      },
    },
  },
});

/**
 * A base and perhaps another one, a kustomization between, a component that may hold another, and an overlay over all
 * of them.
 */
export const repository: fc.Arbitrary<Files> = fc
  .record({
    base: things(1, 4),
    other: fc.oneof(fc.constant([]), things(1, 2)),
    generated: fc.boolean(),
    daring: fc.boolean(),
  })
  .chain(({ base, other, generated, daring }) => {
    const objects = [...base, ...other];
    const upper = { objects, generated, daring, variable: null };
    return fc.record({
      base: layer({ objects: base, generated: false, daring, variable: "NAME" }).map((one) =>
        including(generated ? generating(one) : one, base),
      ),
      other:
        other.length === 0
          ? fc.constant(null)
          : layer({ ...upper, objects: other, generated: false }).map((one) => including(one, other)),
      middle: fc.option(layer(upper), { freq: 2, nil: null }),
      component: fc.option(layer(upper), { freq: 2, nil: null }),
      inner: fc.option(layer({ ...upper, variable: "OTHER" }), { freq: 2, nil: null }),
      overlay: layer({ ...upper, variable: "PORT" }),
      root: rootFields,
      componentIn: fc.constantFrom<"middle" | "overlay">("middle", "overlay"),
    });
  })
  .map(({ base, other, middle, component, inner, overlay, root, componentIn }) => {
    const files = new Map<string, string>();
    const write = (directory: string, { fields, files: own }: Layer, includes: Fields) => {
      for (const [path, text] of own) files.set(`${directory}/${path}`, text);
      files.set(`${directory}/kustomization.yaml`, JSON.stringify({ ...includes, ...fields }, null, 2));
    };
    const isComponent = { apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component" };
    const nested = component !== null && inner !== null;
    const components = component === null ? {} : { components: ["../component"] };
    const inMiddle = middle !== null && componentIn === "middle";
    const bases = other === null ? ["../base"] : ["../base", "../other"];
    write("base", base, {});
    if (other !== null) write("other", other, {});
    if (middle !== null) write("middle", middle, { resources: bases, ...(inMiddle ? components : {}) });
    if (component !== null)
      write("component", component, { ...isComponent, ...(nested ? { components: ["inner"] } : {}) });
    if (nested) write("component/inner", inner, isComponent);
    write("overlay", overlay, {
      resources: middle === null ? bases : ["../middle"],
      ...(inMiddle ? {} : components),
      ...root,
    });
    if ("openapi" in root) files.set("overlay/schema.json", schema);
    return files;
  });

function including({ fields, files }: Layer, objects: readonly Thing[]): Layer {
  const text = objects.map((one) => JSON.stringify(one, null, 2)).join("\n---\n");
  return {
    fields: { resources: ["objects.yaml"], ...fields },
    files: new Map([...files, ["objects.yaml", text]]),
  };
}

/** A kustomization that generates the settings which others change. */
function generating({ fields, files }: Layer): Layer {
  const settings = [{ name: "settings", literals: ["a=1", "mode=fast"] }];
  return { fields: { ...fields, configMapGenerator: settings, secretGenerator: settings }, files };
}
