import type { Path, Problem } from "../manifest/source.ts";
import { defaultMeshSettings, type MeshSettings } from "../mesh/settings.ts";
import type { Limit, Severity } from "../rules/finding.ts";
import { rules } from "../rules/index.ts";
import type { Roles } from "../rules/stable.ts";
import type { PolicyLayers } from "./layers.ts";
import { pack } from "./packs.ts";
import type { PolicyLayer } from "./read.ts";
import { organisationKeys } from "./schema.ts";
import { tighter } from "./tighter.ts";

export type Mode = "observe" | "enforce" | "off";

/** One rule as it is in force: every value knows the line that set it. */
export interface RuleSetting {
  readonly severity: Severity | "off";
  readonly options: Readonly<Record<string, unknown>>;
  limit(option: string): Limit;
}

/** The policy in force for one repository: layers merged, nothing left open. */
export interface EffectivePolicy {
  readonly mode: Mode;
  readonly unrendered: "warn" | "block";
  readonly roles: Roles;
  readonly mesh: MeshSettings;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Approvers by family of commands, as policy writes them. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  readonly sources: readonly { readonly source: string; readonly sha: string | null }[];
  /** What a lower layer tried and may not do; reported, and without effect. */
  readonly problems: readonly Problem[];
  /** What is wrong with policy files that could not be read: a mesh change is not judged without them. */
  readonly unreadable: readonly Problem[];
}

/** A value with the line that set it. */
interface Sourced {
  readonly value: unknown;
  readonly source: string;
}
/** Values by dotted path (`rules.weight-step.maxStep`), in force so far. */
type Values = Map<string, Sourced>;

/**
 * Merges packs, the organisation's file and the repository's. A file may set anything over the packs it extends;
 * the repository's file may only tighten what the organisation's left in force.
 */
export function effectivePolicy(
  { organisation, repository, unreadable }: PolicyLayers,
  modeWithoutPolicy: Mode,
): EffectivePolicy {
  const values: Values = new Map();
  const problems: Problem[] = [];
  const owner = organisation ?? repository;
  for (const layer of owner ? withPacks(owner) : [pack("recommended@1")]) overwrite(values, layer);
  if (organisation && repository) {
    for (const layer of withPacks(repository, [])) tighten(values, layer, problems);
  }
  const read = <T>(path: string, fallback: T): T => (values.get(path)?.value as T | undefined) ?? fallback;
  return {
    mode: read("mode", owner ? "enforce" : modeWithoutPolicy),
    unrendered: read("unrendered", "warn"),
    roles: { stable: read("roles.stable", []), canary: read("roles.canary", []) },
    mesh: {
      rootNamespace: read("mesh.rootNamespace", defaultMeshSettings.rootNamespace),
      clusterDomain: read("mesh.clusterDomain", defaultMeshSettings.clusterDomain),
      outboundTrafficPolicy: read("mesh.outboundTrafficPolicy", defaultMeshSettings.outboundTrafficPolicy),
    },
    rules: new Map(rules.map((rule) => [rule.id, ruleSetting(rule.id, values)])),
    approvers: {
      weight: read("approvals.weight.approvers", []),
      timeout: read("approvals.timeout.approvers", []),
    },
    sources: [organisation, repository]
      .filter((layer) => layer !== null)
      .map(({ source, commit }) => ({ source, sha: commit })),
    problems,
    unreadable,
  };
}

function ruleSetting(id: string, values: Values): RuleSetting {
  const rule = rules.find((candidate) => candidate.id === id)!;
  const prefix = `rules.${id}.`;
  const set = Object.fromEntries(
    Object.keys(rule.options.shape)
      .filter((option) => values.has(prefix + option))
      .map((option) => [option, values.get(prefix + option)!.value]),
  );
  const options = rule.options.parse(set) as Record<string, unknown>;
  return {
    severity: (values.get(`${prefix}severity`)?.value as Severity | "off" | undefined) ?? "off",
    options,
    limit: (option) => ({
      value: JSON.stringify(options[option]),
      source: values.get(prefix + option)?.source ?? `default of ${id}`,
    }),
  };
}

/** A file behind the packs it extends; without `extends` an organisation starts from `recommended@1`. */
function withPacks(layer: PolicyLayer, fallback: readonly string[] = ["recommended@1"]): PolicyLayer[] {
  return [...(layer.document.extends ?? fallback).map(pack), layer];
}

function overwrite(values: Values, layer: PolicyLayer): void {
  for (const [path, value] of settings(layer)) {
    const key = path.join(".");
    values.set(key, { value, source: `${layer.source}:${layer.lineOf(path)}` });
    // A ladder replaces the step, and a step set later replaces the ladder of a pack.
    if (key === "rules.weight-step.maxStep") values.delete("rules.weight-step.ladder");
  }
}

function tighten(values: Values, layer: PolicyLayer, problems: Problem[]): void {
  for (const [path, value] of settings(layer)) {
    const key = path.join(".");
    const current = values.get(key);
    if ((organisationKeys as readonly string[]).includes(String(path[0]))) {
      problems.push(
        complaint(layer, path, `${path[0]} belongs to the organisation's policy`, "remove it from this file"),
      );
    } else if (current && !tighter(path, current.value, value)) {
      problems.push(
        complaint(
          layer,
          path,
          `${key} may only be tightened: ${current.source} sets ${JSON.stringify(current.value)}, this file ${JSON.stringify(value)}`,
          "ask the owners of the organisation's policy",
        ),
      );
    } else {
      values.set(key, { value, source: `${layer.source}:${layer.lineOf(path)}` });
    }
  }
}

function complaint(layer: PolicyLayer, path: Path, message: string, fix: string): Problem {
  const line = layer.lineOf(path);
  return {
    code: "policy-layer",
    message,
    range: { file: layer.source, line, column: 1, endLine: line, endColumn: 1 },
    fix,
  };
}

/** The settings a file makes, as paths to values; lists are one value. */
function* settings(layer: PolicyLayer): Generator<[Path, unknown]> {
  const { version: _version, extends: _extends, ...rest } = layer.document;
  yield* leaves(rest, []);
}

function* leaves(value: unknown, path: Path): Generator<[Path, unknown]> {
  if (value === undefined) return;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, child] of Object.entries(value)) yield* leaves(child, [...path, key]);
  } else yield [path, value];
}
