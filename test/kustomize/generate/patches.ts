/** Patches for objects, in every way in which a kustomization says one. */
import fc from "fast-check";
import { type Fields, name, scalar, stated, type Thing, type Value, word } from "./values.ts";

/** Whether a patch may put a scalar of another type in the place of one. */
export type Daring = boolean;

/** A change to part of a value: what a patch would say of it. Lists stay lists, and mappings mappings. */
function changeOf(of: Value, daring: Daring, isItem = false): fc.Arbitrary<Value> {
  if (Array.isArray(of)) return changeOfList(of, daring);
  if (of !== null && typeof of === "object") return changeOfMapping(of, daring, isItem);
  return daring ? scalar.filter((value) => value !== null) : scalarLike(of);
}

function scalarLike(of: Value): fc.Arbitrary<Value> {
  if (typeof of === "string") return word;
  if (typeof of === "number" && Number.isInteger(of)) return fc.integer({ min: -5, max: 20_000 });
  return fc.constant(of);
}

function changeOfList(of: readonly Value[], daring: Daring): fc.Arbitrary<Value> {
  const items = of.map((item) => fc.oneof(fc.constant(item), changeOf(item, daring, true)));
  const more =
    of.length === 0
      ? fc.constant([])
      : fc.constantFrom(...of).chain((one) => fc.tuple(changeOf(one, daring, true)));
  const directive = fc.constantFrom("replace", "delete", "merge").map(($patch) => ({ $patch }));
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(...items) },
    { weight: 2, arbitrary: fc.tuple(more, fc.shuffledSubarray([...of])).map((both) => both.flat()) },
    {
      weight: holdsMappings(of) ? 1 : 0,
      arbitrary: fc.tuple(fc.shuffledSubarray([...of]), directive).map(([some, one]) => [...some, one]),
    },
  );
}

function holdsMappings(list: readonly Value[]): boolean {
  return list.every((item) => item !== null && typeof item === "object" && !Array.isArray(item));
}

/** Null takes a field away; the fields of items are left, for they may be what tells items apart. */
function changeOfMapping(of: Fields, daring: Daring, isItem: boolean): fc.Arbitrary<Value> {
  const change = (value: Value) =>
    fc.oneof(
      { weight: 6, arbitrary: changeOf(value, daring) },
      { weight: isItem ? 0 : 1, arbitrary: fc.constant(null) },
    );
  const changes = fc.record(
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)])),
    { requiredKeys: [] },
  );
  const added = fc.dictionary(fc.constantFrom("app", "weight", "on", "x y"), scalar, { maxKeys: 1 });
  const directive = fc.constantFrom("replace", "delete", "merge");
  return fc.oneof(
    { weight: 6, arbitrary: changes },
    { weight: 2, arbitrary: fc.tuple(changes, added).map(([some, more]) => ({ ...some, ...more })) },
    { weight: 1, arbitrary: fc.tuple(changes, directive).map(([some, $patch]) => ({ ...some, $patch })) },
  ) as fc.Arbitrary<Value>;
}

function strategicPatch(of: Thing, daring: Daring): fc.Arbitrary<Thing> {
  const { apiVersion, kind, metadata: own, ...rest } = of;
  const { name: ownName, namespace, ...more } = own;
  return fc.tuple(changeOf(rest, daring), changeOf(more, daring)).map(
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
function pointers(of: Value, path = ""): string[] {
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

/** What stands at a pointer. */
function at(of: Value, pointer: string): Value {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Value>((found, step) => (found as Fields | null)?.[step] ?? null, of);
}

/** The pointers to scalars. */
function scalarPointers(of: Value): string[] {
  return pointers(of).filter((pointer) => {
    const value = at(of, pointer);
    return value === null || typeof value !== "object";
  });
}

/** The pointers to texts. */
export function textPointers(of: Value): string[] {
  return scalarPointers(of).filter((pointer) => typeof at(of, pointer) === "string");
}

function operations(of: Thing): fc.Arbitrary<Value> {
  const own = (all: readonly string[]) =>
    all.filter((pointer) => !/^\/(apiVersion|kind|metadata$|metadata\/name|metadata\/labels$)/.test(pointer));
  const scalars = own(scalarPointers(of));
  const all = own(pointers(of));
  const missing = fc.constantFrom(
    ...["/metadata/annotations/new", "/metadata/labels/app", "/spec/http/0/timeout", "/spec/hosts/-", "/new"],
  );
  const pointer = all.length === 0 ? missing : fc.constantFrom(...all);
  const place = scalars.length === 0 ? missing : fc.constantFrom(...scalars);
  const same = pointer.chain((path) =>
    fc.record({
      op: fc.constantFrom("add", "replace"),
      path: fc.constant(path),
      value: fc.oneof(fc.constant(at(of, path)), changeOf(at(of, path), false)),
    }),
  );
  const operation = fc.oneof(
    { weight: 4, arbitrary: same },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constantFrom("add", "replace"),
        path: missing,
        value: scalar,
      }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant("remove"), path: pointer }) },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom("copy", "move"),
        from: place,
        path: missing,
      }),
    },
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
export function patchOf(objects: readonly Thing[], daring: Daring): fc.Arbitrary<Value> {
  return fc.constantFrom(...objects).chain((of) => {
    const named = fc.constant({ kind: of.kind, name: of.metadata.name });
    const strategic = strategicText(of, daring);
    const json = operations(of).map((patch) => JSON.stringify(patch));
    const options = fc.record(
      { allowNameChange: fc.boolean(), allowKindChange: fc.boolean() },
      { requiredKeys: [] },
    );
    return fc.oneof(
      { weight: 4, arbitrary: fc.record({ patch: strategic }) },
      { weight: 2, arbitrary: fc.record({ patch: strategic, target }) },
      { weight: 1, arbitrary: fc.record({ patch: renaming(of, daring), target: named, options }) },
      { weight: 1, arbitrary: fc.record({ patch: fc.tuple(strategic, strategic).map(joined) }) },
      {
        weight: daring ? 0 : 4,
        arbitrary: fc.record({ patch: json, target: fc.oneof({ weight: 2, arbitrary: named }, target) }),
      },
    ) as fc.Arbitrary<Value>;
  });
}

/** A patch that may give the object another name. */
function renaming(of: Thing, daring: Daring): fc.Arbitrary<string> {
  return fc
    .tuple(strategicPatch(of, daring), name)
    .map(([patch, other]) => JSON.stringify({ ...patch, metadata: { name: other } }, null, 1));
}

/** An entry of `patchesStrategicMerge`. */
export function strategicEntryOf(objects: readonly Thing[], daring: Daring): fc.Arbitrary<Value> {
  return fc.constantFrom(...objects).chain((of) => strategicText(of, daring));
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

function strategicText(of: Thing, daring: Daring): fc.Arbitrary<string> {
  return strategicPatch(of, daring).map((patch) => JSON.stringify(patch, null, 1));
}

function joined(documents: readonly string[]): string {
  return documents.join("\n---\n");
}
