import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";

interface Locality {
  readonly name: string;
  readonly path: Path;
}

/** Subzones by zone by region; `*` where the whole of one is taken. */
type Taken = Map<string, Map<string, Set<string>>>;

/**
 * Localities (`region/zone/subzone`) that may not overlap with an earlier one of the list. Stops at the first error, and
 * like Istio notices a wildcard only when the narrower locality comes after it (agent/validation.go `validateLocalities`).
 */
export function* distinctLocalities(localities: readonly Locality[]): Issues {
  const taken: Taken = new Map();
  for (const { name, path } of localities) {
    const quoted = quote(name);
    const star = name.indexOf("*");
    if (star >= 0 && star < name.length - 1) {
      yield error("invalid-locality", path, `${quoted} may have one \`*\`, at its end`);
      return;
    }
    const parts = split(name);
    if (!taken.has("*") && parts.includes("")) {
      yield error("invalid-locality", path, `${quoted} has an empty part between its slashes`);
      return;
    }
    if (taken.has("*") || !take(parts, taken)) {
      yield error("overlap", path, `${quoted} overlaps with an earlier locality`);
      return;
    }
  }
}

/** Region, zone and subzone; slashes beyond the second belong to the subzone. */
function split(name: string): string[] {
  const [region = "", zone, ...subzone] = name.split("/");
  if (zone === undefined) return [region];
  return subzone.length === 0 ? [region, zone] : [region, zone, subzone.join("/")];
}

/** Takes a locality; false when it, or something around it, is taken already. */
function take([region = "", zone, subzone]: readonly string[], taken: Taken): boolean {
  const zones = taken.get(region);
  if (zone === undefined) {
    if (zones) return false;
    taken.set(region, new Map([["*", new Set(["*"])]]));
    return true;
  }
  const subzones = zones?.get(zone);
  if (zones?.has("*") || (subzone === undefined && subzones) || subzones?.has("*")) return false;
  if (subzone !== undefined && subzones?.has(subzone)) return false;
  if (!zones) taken.set(region, new Map([[zone, new Set([subzone ?? "*"])]]));
  else if (!subzones) zones.set(zone, new Set([subzone ?? "*"]));
  else subzones.add(subzone!);
  return true;
}
