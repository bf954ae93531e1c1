/** Replacements: texts of objects in the place of others. */
import fc from "fast-check";
import { textPointers } from "./patches.ts";
import { type Fields, rare, stated, type Thing, type Value } from "./values.ts";

/** Paths of texts that kustomize writes itself: names and what refers to them, and images. */
const namingPaths = [
  ...["metadata.name", "metadata.namespace", "spec.hosts.0", "spec.http.*.route.*.destination.host"],
  "spec.template.spec.containers.[name=app].image",
];
const otherPaths = [
  ...["metadata.labels.app", "metadata.annotations.[example.com/team]", "spec.http.[name=main].timeout"],
  ...["spec.selector.app", "spec.ports.0.name", "data.app"],
];
const isNaming = /(^|[./])(name|namespace|host|hosts[./]\d+|image|serviceAccountName)$/;

/** The paths of the texts of an object, as replacements write them. Counts of replicas are no text for long. */
function pathsIn(object: Thing): string[] {
  const own = textPointers(object).filter((pointer) => !/^\/(apiVersion|kind|spec\/replicas)$/.test(pointer));
  return own.map((pointer) =>
    pointer
      .slice(1)
      .split("/")
      .map((step) => step.replaceAll("~1", "/"))
      .map((step) => (/[./]/.test(step) ? `[${step}]` : step))
      .join("."),
  );
}

/** One of the paths of texts of an object. */
export function pathIn(object: Thing): fc.Arbitrary<string> {
  return fc.constantFrom(...pathsIn(object));
}

const part = {
  delimiter: fc.constantFrom(":", "-", "."),
  index: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 2 }) },
  ),
};
const partOptions = fc.record(part, { requiredKeys: [] });
const creatingOptions = fc.record({ ...part, create: fc.boolean() }, { requiredKeys: [] });
const named = ({ kind, metadata: { name: own } }: Thing) => ({ kind, name: own });

/**
 * A replacement. Only names take the place of what kustomize writes itself, or of what is missing: there kustomize knows of no
 * type, and `1.0` would become a number.
 */
export function replacementOf(objects: readonly Thing[]): fc.Arbitrary<Value> {
  const one = fc.constantFrom(...objects);
  const ownText = one.chain((object) =>
    fc
      .record(
        {
          fieldPath: fc.oneof(
            { weight: 6, arbitrary: pathIn(object) },
            fc.constantFrom(...namingPaths, ...otherPaths),
          ),
          options: rare(partOptions),
        },
        { requiredKeys: [] },
      )
      .map((source) => stated({ ...named(object), ...source })),
  );
  const toAny = one.chain((object) =>
    targetOf(object, one, [...pathsIn(object), ...namingPaths, ...otherPaths], creatingOptions),
  );
  const toOther = one.chain((object) => {
    const paths = pathsIn(object).filter((path) => !isNaming.test(path));
    return targetOf(object, one, [...paths, ...otherPaths], partOptions);
  });
  const copy = (source: fc.Arbitrary<Value>, target: fc.Arbitrary<Value>) =>
    fc.record({ source, targets: fc.array(target, { minLength: 1, maxLength: 2 }) });
  return fc.oneof(copy(one.map(named), toAny), copy(ownText, toOther));
}

function targetOf(
  object: Thing,
  one: fc.Arbitrary<Thing>,
  paths: readonly string[],
  options: fc.Arbitrary<Fields>,
): fc.Arbitrary<Fields> {
  return fc
    .record(
      {
        select: fc.constantFrom(named(object), { kind: object.kind }),
        fieldPaths: fc.array(fc.constantFrom(...paths), { minLength: 1, maxLength: 2 }),
        options: rare(options),
        reject: rare(fc.array(one.map(named), { maxLength: 1 })),
      },
      { requiredKeys: ["select", "fieldPaths"] },
    )
    .map(stated);
}
