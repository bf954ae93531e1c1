import type { ServiceEntry } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import type { Change } from "./change.ts";
import { canonicalJson } from "./effective/canonical.ts";
import { changedObjects, type ObjectPair, objectChange } from "./settings-objects.ts";

/** Which hosts ServiceEntries add to the mesh or take from it, for whom, and where they lead. */
export function serviceEntryChanges(base: Mesh, head: Mesh): Change[] {
  return changedObjects(base.serviceEntries, head.serviceEntries).flatMap((pair) => [
    ...setChange(pair, "serviceEntry", "hosts", ({ hosts }) => hosts ?? [], "nothing"),
    ...(pair.base === null || pair.head === null
      ? []
      : [
          ...setChange(
            pair,
            "exportTo",
            "exportTo",
            ({ exportTo }) => (exportTo?.length ? exportTo : ["*"]),
            "nobody",
          ),
          ...endpointChange(pair),
        ]),
  ]);
}

/** A list of which the order does not matter; more of it opens more. */
function setChange(
  pair: ObjectPair<ServiceEntry>,
  kind: string,
  field: string,
  valuesOf: (entry: ServiceEntry) => readonly string[],
  none: string,
): Change[] {
  const [before, after] = [pair.base, pair.head].map(
    (object) => new Set(object === null ? [] : valuesOf(object.spec)),
  ) as [Set<string>, Set<string>];
  const [from, to] = [before, after].map((values) => [...values].sort().join(", ") || none) as [
    string,
    string,
  ];
  if (from === to) return [];
  const [opened, closed] = [
    !(before.has("*") || after.isSubsetOf(before)),
    !(after.has("*") || before.isSubsetOf(after)),
  ];
  const direction = opened === closed ? "other" : opened ? "looser" : "tighter";
  return [objectChange(pair, ["spec", field], { kind, path: field, before: from, after: to, direction })];
}

function endpointChange(pair: ObjectPair<ServiceEntry>): Change[] {
  const [before, after] = [pair.base!, pair.head!].map(({ spec: { hosts: _, exportTo: __, ...rest } }) =>
    canonicalJson(rest),
  ) as [string, string];
  if (before === after) return [];
  return [
    objectChange(pair, ["spec"], {
      kind: "serviceEntryEndpoints",
      path: "spec",
      before,
      after,
      direction: "other",
    }),
  ];
}
