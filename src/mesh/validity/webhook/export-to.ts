import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";
import { isDnsLabel } from "./names.ts";

const path = ["spec", "exportTo"];

interface Options {
  /** A ServiceEntry may be exported to nobody, with `~`. */
  readonly nobodyAllowed?: boolean;
  /** A DestinationRule that selects workloads stays in its namespace. */
  readonly ownNamespaceOnly?: boolean;
}

/** `exportTo`: `.`, `*` or namespaces, each once (validation.go `validateExportTo`). Absent or empty means everywhere. */
export function* exportTo(
  namespace: string,
  entries: readonly string[] | undefined,
  options: Options = {},
): Issues {
  if (!entries) return;
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const name = entry === "." ? namespace : entry;
    const at = [...path, index];
    if (seen.has(name)) {
      const twin =
        entry === "."
          ? `\`.\` is the namespace ${namespace}, which is listed too`
          : `\`${entry}\` is listed twice`;
      yield error("duplicate", at, twin, "remove one of the two");
    } else if (name === "*" || isDnsLabel(name) || (name === "~" && options.nobodyAllowed)) {
      seen.add(name);
    } else {
      yield error(
        "invalid-namespace",
        at,
        `${quote(entry)} is not a namespace`,
        "write `.`, `*` or the name of a namespace",
      );
    }
  }
  if (options.ownNamespaceOnly && seen.size > 0) yield* onlyOwnNamespace(namespace, seen);
  if (seen.has("*") && entries.length > 1)
    yield error(
      "conflict",
      path,
      "`*` exports to all namespaces and stands alone",
      "remove the other entries",
    );
  if (seen.has("~") && entries.length > 1)
    yield error(
      "conflict",
      path,
      "`~` exports to nobody and stands alone",
      "remove `~`, or all other entries",
    );
}

function* onlyOwnNamespace(namespace: string, exported: ReadonlySet<string>): Issues {
  if (exported.has(namespace) && exported.size === 1) return;
  const message = "a DestinationRule with `workloadSelector` cannot be exported beyond its namespace";
  yield error("conflict", path, message, "write `exportTo: [.]`, or remove it");
}
