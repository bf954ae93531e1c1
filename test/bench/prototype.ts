import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { home, type Service } from "../traffic/oracle.ts";

/** Compares two lists of manifests as the prototype does; whether it got to the end of it is its answer. */
export type Prototype = (
  base: readonly object[],
  head: readonly object[],
  options: { readonly shadows: boolean },
) => { readonly ctx: readonly { readonly overflow: boolean }[] };

const root = resolve(import.meta.dirname, "../..", process.env.SLUICE_CONFORMANCE ?? "../shared");

/** Where the prototype of the comparison is looked for. */
export const prototypePath = join(root, "prototypes/traffic-diff/src/analyze.ts");

/** The engine that ours grew out of, from where it stands; null where it is not there. */
export async function loadPrototype(): Promise<Prototype | null> {
  if (!existsSync(prototypePath)) return null;
  const { analyze } = (await import(pathToFileURL(prototypePath).href)) as { analyze: Prototype };
  return analyze;
}

/** What the prototype reads: manifests as plain objects. */
export function asManifests(services: readonly Service[]): object[] {
  return services.map(({ name, spec }) => ({
    kind: "VirtualService",
    metadata: { name, namespace: home },
    spec,
  }));
}
