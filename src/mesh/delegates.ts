import type { HTTPMatchRequest, HTTPRoute, StringMatch } from "./istio.ts";

const inherited = [
  "rewrite",
  "directResponse",
  "timeout",
  "retries",
  "fault",
  "mirror",
  "mirrorPercentage",
  "corsPolicy",
  "mirrors",
  "headers",
] as const satisfies readonly (keyof HTTPRoute)[];

const joinNames = (root: string | undefined, leaf: string | undefined): string =>
  [root, leaf].filter(Boolean).join("-");

/**
 * One route of a delegate as it reads inside the root's entry, or null where their matches conflict and Istio drops it.
 * Source: pilot/pkg/model/virtualservice.go `mergeHTTPRoute`.
 */
export function mergeDelegateRoute(root: HTTPRoute, leaf: HTTPRoute): HTTPRoute | null {
  const match = mergeMatches(root.match ?? [], leaf.match ?? []);
  if (match === null) return null;
  const name = joinNames(root.name, leaf.name);
  const mirrorPercent = mirrorPercentOf(leaf) ?? mirrorPercentOf(root);
  const fields = inherited.flatMap((field) => {
    const value = leaf[field] ?? root[field];
    return value === undefined || value === null ? [] : [[field, value]];
  });
  const { mirror_percent: _, ...rest } = leaf;
  return {
    ...rest,
    ...Object.fromEntries(fields),
    ...(match.length > 0 && { match }),
    ...(name !== "" && { name }),
    ...(mirrorPercent !== undefined && { mirrorPercent }),
  };
}

/** Both spellings of the deprecated field reach the same proto field. */
export function mirrorPercentOf(route: HTTPRoute): number | undefined {
  return route.mirrorPercent ?? route.mirror_percent;
}

/**
 * The matches of a delegate's route inside the root's entry: every pair that does not conflict. Null as soon as one match
 * of the delegate conflicts with all of the root's (virtualservice.go `mergeHTTPMatchRequests`).
 */
export function mergeMatches(
  root: readonly HTTPMatchRequest[],
  leaf: readonly HTTPMatchRequest[],
): readonly HTTPMatchRequest[] | null {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root;
  const merged: HTTPMatchRequest[] = [];
  for (const inner of leaf) {
    const outer = root.filter((match) => !matchesConflict(match, inner));
    if (outer.length === 0) return null;
    merged.push(...outer.map((match) => mergeMatch(match, inner)));
  }
  return merged;
}

function mergeMatch(root: HTTPMatchRequest, leaf: HTTPMatchRequest): HTTPMatchRequest {
  const maps = (["headers", "withoutHeaders", "queryParams", "sourceLabels"] as const).flatMap((field) =>
    root[field] || leaf[field] ? [[field, { ...root[field], ...leaf[field] }]] : [],
  );
  const strings = (["uri", "scheme", "method", "authority"] as const).flatMap((field) => {
    const value = leaf[field] ?? root[field];
    return value ? [[field, value]] : [];
  });
  const scalars = (["port", "sourceNamespace", "statPrefix"] as const).flatMap((field) => {
    const value = leaf[field] || root[field];
    return value ? [[field, value]] : [];
  });
  const name = joinNames(root.name, leaf.name);
  const gateways = leaf.gateways?.length ? leaf.gateways : root.gateways;
  return {
    ...leaf,
    ...Object.fromEntries([...maps, ...strings, ...scalars]),
    ...(name !== "" && { name }),
    ...(gateways?.length && { gateways }),
  };
}

/** Whether no request could satisfy both, as far as Istio's purely textual test can tell (virtualservice.go `hasConflict`). */
export function matchesConflict(root: HTTPMatchRequest, leaf: HTTPMatchRequest): boolean {
  return (
    (["uri", "scheme", "method", "authority"] as const).some((field) =>
      stringsConflict(root[field], leaf[field]),
    ) ||
    (["headers", "withoutHeaders", "queryParams"] as const).some((field) =>
      Object.entries(leaf[field] ?? {}).some(([name, match]) => stringsConflict(root[field]?.[name], match)),
    ) ||
    Boolean(root.ignoreUriCase) !== Boolean(leaf.ignoreUriCase) ||
    Boolean(root.port && leaf.port && root.port !== leaf.port) ||
    Boolean(root.sourceNamespace && leaf.sourceNamespace !== root.sourceNamespace) ||
    Object.entries(leaf.sourceLabels ?? {}).some(
      ([key, value]) => root.sourceLabels?.[key] !== undefined && root.sourceLabels[key] !== value,
    ) ||
    gatewaysConflict(root.gateways ?? [], leaf.gateways ?? [])
  );
}

function gatewaysConflict(root: readonly string[], leaf: readonly string[]): boolean {
  if (root.length === 0 || leaf.length === 0) return false;
  return root.length < leaf.length || leaf.some((gateway) => !root.includes(gateway));
}

/**
 * virtualservice.go `stringMatchConflict`. Its fall-through is a quirk that must be kept: an empty match of the root
 * (`uri: {}`) conflicts with any value of the delegate, and a root prefix with an empty one.
 */
function stringsConflict(
  root: StringMatch | null | undefined,
  leaf: StringMatch | null | undefined,
): boolean {
  if (!root || !leaf) return false;
  if ((root.regex || leaf.regex) && hasValue(root) && hasValue(leaf)) return true;
  if (root.exact) return Boolean(leaf.prefix) || leaf.exact !== root.exact;
  if (root.prefix && (leaf.prefix || leaf.exact)) {
    return !(leaf.prefix || leaf.exact || "").startsWith(root.prefix);
  }
  return true;
}

function hasValue(match: StringMatch): boolean {
  return Boolean(match.regex || match.prefix || match.exact);
}
