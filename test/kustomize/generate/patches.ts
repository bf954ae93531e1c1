/** Patches for objects, in every way in which a kustomization says one. */
import fc from "fast-check";
import { type Fields, name, scalar, stated, type Thing, type Value, value, word } from "./values.ts";

/** A change to part of a value: what a patch would say of it. */
function changeOf(of: Value): fc.Arbitrary<Value> {
  if (Array.isArray(of)) {
    const items = of.map((item) => fc.oneof(fc.constant(item), changeOf(item)));
    const directives = fc.constantFrom<Value[]>(
      { $patch: "replace" },
      { $patch: "delete" },
      { $patch: "merge" },
    );
    return fc.oneof(
      { weight: 4, arbitrary: fc.tuple(...items).map((list) => list as Value[]) },
      {
        weight: 2,
        arbitrary: fc.tuple(fc.shuffledSubarray(of), value).map(([some, more]) => [more, ...some]),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.shuffledSubarray(of), directives)
          .map(([some, one]) => [...some, one as Value]),
      },
    );
  }
  if (of !== null && typeof of === "object") {
    const keys = Object.keys(of);
    const changes = fc.record(Object.fromEntries(keys.map((one) => [one, changeOf(of[one]!)])), {
      requiredKeys: [],
    });
    return fc.oneof(
      { weight: 6, arbitrary: changes as fc.Arbitrary<Value> },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            changes,
            fc.dictionary(
              word.filter((w) => w !== ""),
              value,
              { maxKeys: 1 },
            ),
          )
          .map(([a, b]) => ({ ...a, ...b }) as Value),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(changes, fc.constantFrom("replace", "delete", "merge"))
          .map(([a, d]) => ({ ...a, $patch: d }) as Value),
      },
    );
  }
  return fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: value });
}

function strategicPatch(of: Thing): fc.Arbitrary<Thing> {
  const { apiVersion, kind, metadata: own, ...rest } = of;
  const { name: ownName, namespace, ...more } = own;
  return fc.tuple(changeOf(rest), changeOf(more)).map(
    ([changed, meta]) =>
      ({
        ...(changed as Fields),
        apiVersion,
        kind,
        metadata: { ...(meta as Fields), name: ownName, ...(namespace === undefined ? {} : { namespace }) },
      }) as unknown as Thing,
  );
}

/** JSON pointers into a value. */
export function pointers(of: Value, path = ""): string[] {
  const entries = Array.isArray(of)
    ? [...of.entries()]
    : of !== null && typeof of === "object"
      ? Object.entries(of)
      : [];
  return entries.flatMap(([step, child]) => {
    const own = `${path}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return [own, ...pointers(child as Value, own)];
  });
}

function operations(of: Thing): fc.Arbitrary<Value> {
  const all = pointers(of).filter((path) => !/^\/(apiVersion|kind|metadata$|metadata\/name)/.test(path));
  const path = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...(all.length > 0 ? all : ["/spec"])) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "/metadata/annotations/new",
        "/metadata/labels/app",
        "/spec/http/0/timeout",
        "/spec/hosts/-",
        "/new",
      ),
    },
  );
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom("add", "replace"), path, value }),
    fc.record({ op: fc.constant("remove"), path }),
    fc.record({ op: fc.constantFrom("copy", "move"), from: path, path }),
  );
  return fc.array(operation, { minLength: 1, maxLength: 2 }) as fc.Arbitrary<Value>;
}

const target = fc.record(
  {
    group: fc.constantFrom("networking.istio.io", "apps", ".*"),
    version: fc.constantFrom("v1", "v.*"),
    kind: fc.constantFrom("VirtualService", "Virtual.*", "Service|Deployment", "Deployment"),
    name: fc.oneof(name, fc.constantFrom("re.*", "r.*s", ".*")),
    namespace: fc.constantFrom("default", "shop", "prod"),
    labelSelector: fc.constantFrom("app=a", "app", "!app", "app in (a, b)", "tier notin (a),app"),
    annotationSelector: fc.constantFrom("app=a", "version"),
  },
  { requiredKeys: [] },
);

/** An entry of `patches`. */
export function patchOf(objects: readonly Thing[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...objects).chain((of) => {
    const named = fc.constant({ kind: of.kind, name: of.metadata.name });
    const strategic = strategicText(of);
    const json = operations(of).map((patch) => JSON.stringify(patch));
    const options = fc.record(
      { allowNameChange: fc.boolean(), allowKindChange: fc.boolean() },
      { requiredKeys: [] },
    );
    return fc.oneof(
      { weight: 4, arbitrary: fc.record({ patch: strategic }) },
      { weight: 2, arbitrary: fc.record({ patch: strategic, target }) },
      { weight: 1, arbitrary: fc.record({ patch: strategic, target: named, options }) },
      { weight: 1, arbitrary: fc.record({ patch: fc.tuple(strategic, strategic).map(joined) }) },
      {
        weight: 4,
        arbitrary: fc.record({ patch: json, target: fc.oneof({ weight: 2, arbitrary: named }, target) }),
      },
    ) as fc.Arbitrary<Value>;
  });
}

/** An entry of `patchesStrategicMerge`. */
export function strategicEntryOf(objects: readonly Thing[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...objects).chain(strategicText);
}

/** An entry of `patchesJson6902`. */
export function jsonEntryOf(objects: readonly Thing[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...objects).chain((of) => {
    const [group, version] = of.apiVersion.includes("/") ? of.apiVersion.split("/") : ["", of.apiVersion];
    const named = stated({
      group: group || undefined,
      version,
      kind: of.kind,
      name: of.metadata.name,
      namespace: of.metadata.namespace,
    });
    return fc.record({
      target: fc.constant(named),
      patch: operations(of).map((list) => JSON.stringify(list)),
    });
  }) as fc.Arbitrary<Value>;
}

function strategicText(of: Thing): fc.Arbitrary<string> {
  return strategicPatch(of).map((patch) => JSON.stringify(patch, null, 1));
}

function joined(documents: readonly string[]): string {
  return documents.join("\n---\n");
}
