import type { Problem } from "../manifest/source.ts";
import { defaultMeshSettings, type MeshSettings } from "../mesh/settings.ts";
import type { Limit, Severity } from "../rules/finding.ts";
import { matchesAny } from "../rules/glob.ts";
import { rules } from "../rules/index.ts";
import type { Roles } from "../rules/stable.ts";
import { type Approvals, approvalTerms } from "./approvals/terms.ts";
import type { CustomRule } from "./custom/custom-rule.ts";
import { joinedRules } from "./custom/joined.ts";
import { type EnvironmentCriteria, onBranch } from "./environment.ts";
import { joinedEntries, type WrittenException } from "./handed-entries.ts";
import { joinedInventory } from "./joined-inventory.ts";
import { layering, refusedSettings } from "./layering.ts";
import type { PolicyLayers } from "./layers.ts";
import { danglingReferences } from "./references.ts";
import { type Subject, unknownSubject } from "./subject.ts";
import { combined, type Values } from "./values.ts";

export type Mode = "observe" | "enforce" | "off";

/** One rule as it is in force: every value knows the line that set it. */
export interface RuleSetting {
  readonly severity: Severity | "off";
  readonly options: Readonly<Record<string, unknown>>;
  /** Where the value of an option, or of one of its entries, comes from. */
  limit(option: string, entry?: string): Limit;
}

/** What is in force where certain environments meet. */
export interface ScopedPolicy {
  readonly mode: Mode;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Every setting with the line that set it, for `sluice policy show`. */
  readonly values: Values;
}

/** The policy in force for one repository. */
export interface EffectivePolicy {
  readonly mode: Mode;
  readonly unrendered: "warn" | "block";
  readonly roles: Roles;
  readonly mesh: MeshSettings;
  readonly environments: Readonly<Record<string, EnvironmentCriteria>>;
  /** Repositories that complete the mesh, as `owner/name`, and the line that names each. */
  readonly inventory: readonly { readonly repository: string; readonly source: string }[];
  /** Who may let findings through, and on which terms. */
  readonly approvals: Approvals;
  readonly exceptions: readonly WrittenException[];
  /** The organisation's own rules, and those that the repository adds. */
  readonly custom: readonly CustomRule[];
  readonly sources: readonly { readonly source: string; readonly sha: string | null }[];
  /** The organisation's policy that does not enrol this repository; null where there is no such thing. */
  readonly excludedBy: string | null;
  /** Whether the policy governs what stands in a file. */
  governs(path: string): boolean;
  /** What a lower layer tried and may not do, and what is not in force as it was written; reported. */
  readonly problems: readonly Problem[];
  /** What is wrong with policy files that could not be read: a mesh change is not judged without them. */
  readonly unreadable: readonly Problem[];
  /** The settings for an object that stands in each of these sets of environments: as strict as the strictest of them. */
  scoped(placements: readonly (readonly string[])[]): ScopedPolicy;
}

/**
 * Merges packs, the organisation's file and the repository's. A file may set anything over the packs it extends; the
 * repository's file may only tighten what the organisation's left in force, and loosen what that hands down. Without an
 * organisation's file the repository's own is in charge; without any, the pack `recommended`.
 */
export function effectivePolicy(
  layers: PolicyLayers,
  modeWithoutPolicy: Mode,
  subject: Subject = unknownSubject,
): EffectivePolicy {
  const { organisation, repository, replaced, unreadable, excludedBy = null } = layers;
  const owner = organisation ?? repository;
  const lower = organisation ? repository : null;
  const defaultMode = owner ? "enforce" : excludedBy ? "off" : modeWithoutPolicy;
  const layered = layering(owner, lower, subject);
  const { standing, values: everywhere } = layered([]);
  const entries = joinedEntries(layers, standing);
  const custom = joinedRules(owner, lower, standing);
  const inventory = joinedInventory(layers, standing);
  const scopes = new Map<string, ScopedPolicy>();
  const read = <T>(path: string, fallback: T): T =>
    (everywhere.get(path)?.value as T | undefined) ?? fallback;
  return {
    mode: read("mode", defaultMode),
    unrendered: read("unrendered", "warn"),
    roles: { stable: read("roles.stable", []), canary: read("roles.canary", []) },
    mesh: {
      rootNamespace: read("mesh.rootNamespace", defaultMeshSettings.rootNamespace),
      clusterDomain: read("mesh.clusterDomain", defaultMeshSettings.clusterDomain),
      outboundTrafficPolicy: read("mesh.outboundTrafficPolicy", defaultMeshSettings.outboundTrafficPolicy),
    },
    environments: onBranch(entries.environments, subject),
    inventory: inventory.repositories,
    approvals: approvalTerms(entries.approvals),
    exceptions: entries.exceptions,
    custom: custom.rules,
    sources: [organisation, repository]
      .filter((layer) => layer !== null)
      .map(({ source, commit }) => ({ source, sha: commit })),
    excludedBy: excludedBy?.source ?? null,
    governs: (path) => matchesAny(organisation?.document.enrolment?.paths, path),
    problems: [
      ...replaced,
      ...refusedSettings(layered, Object.keys(entries.environments)),
      ...entries.refused,
      ...inventory.refused,
      ...custom.refused,
      ...(lower ? danglingReferences(lower, owner) : []),
    ],
    unreadable,
    scoped(placements) {
      const key = JSON.stringify(placements);
      const known = scopes.get(key);
      if (known) return known;
      const values = placements.map((environments) => layered(environments).values).reduce(combined);
      const scope = scopedPolicy(values, defaultMode);
      scopes.set(key, scope);
      return scope;
    },
  };
}

function scopedPolicy(values: Values, defaultMode: Mode): ScopedPolicy {
  return {
    mode: (values.get("mode")?.value as Mode | undefined) ?? defaultMode,
    rules: new Map(rules.map((rule) => [rule.id, ruleSetting(rule.id, values)])),
    values,
  };
}

function ruleSetting(id: string, values: Values): RuleSetting {
  const rule = rules.find((candidate) => candidate.id === id)!;
  const prefix = `rules.${id}.`;
  const set = Object.keys(rule.options.shape).flatMap((option) => {
    const value = values.get(prefix + option)?.value ?? entriesOf(values, prefix + option);
    return value === undefined ? [] : [[option, value]];
  });
  const options = rule.options.parse(Object.fromEntries(set)) as Record<string, unknown>;
  return {
    severity: (values.get(`${prefix}severity`)?.value as Severity | "off" | undefined) ?? "off",
    options,
    limit: (option, entry) => ({
      value: JSON.stringify(
        (entry === undefined ? options[option] : recordAt(options, option)[entry]) ?? null,
      ),
      source:
        values.get(`${prefix}${option}${entry === undefined ? "" : `.${entry}`}`)?.source ??
        `default of ${id}`,
    }),
  };
}

/** The entries of an option of named demands, put together again; undefined where nobody made any. */
function entriesOf(values: Values, option: string): Record<string, unknown> | undefined {
  const entries = [...values].flatMap(([key, { path, value }]) =>
    key.startsWith(`${option}.`) ? [[String(path.at(-1)), value] as const] : [],
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function recordAt(options: Readonly<Record<string, unknown>>, option: string): Record<string, unknown> {
  return (options[option] ?? {}) as Record<string, unknown>;
}
