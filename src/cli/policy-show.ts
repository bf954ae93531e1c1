import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type EffectivePolicy, effectivePolicy } from "../policy/effective.ts";
import { type PolicyLayers, policyLayers, policyPath } from "../policy/layers.ts";
import { linesOf, type Values } from "../policy/values.ts";
import { type Terminal, UsageError } from "./command.ts";
import { parseOptions } from "./options.ts";
import { problemLine } from "./policy-check.ts";
import { exceptionsHere } from "./policy-exceptions.ts";
import { policyTexts } from "./policy-files.ts";
import { subjectHere, subjectOptions } from "./subject.ts";

/** A setting or an entry that is in force; `environment` where it is another one than elsewhere. */
interface Row {
  readonly setting: string;
  readonly value: unknown;
  readonly source: string;
  readonly environment?: string;
}

/** Prints everything that is in force, and the line that says so. Resolves to the exit code. */
export async function showPolicy(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseOptions(args, {
    policy: { type: "string", multiple: true, default: [] },
    environment: { type: "string", multiple: true, default: [] },
    format: { type: "string", default: "pretty" },
    ...subjectOptions,
  });
  if (options.format !== "pretty" && options.format !== "json")
    throw new UsageError("--format is pretty or json");
  const own = await readFile(join(terminal.folder, policyPath), "utf8").catch(() => undefined);
  const layers = policyLayers(...(await policyTexts(options.policy, own, terminal.folder)));
  const subject = await subjectHere(terminal.folder, options);
  const effective = effectivePolicy(layers, "enforce", subject);
  const problems = [...effective.unreadable, ...effective.problems];
  for (const problem of [...problems, ...(await exceptionsHere(effective, terminal.folder))]) {
    terminal.error(problemLine(problem));
  }
  if (effective.unreadable.length > 0) return 1;
  const unknown = options.environment.find((name) => !(name in effective.environments));
  if (unknown !== undefined) throw new UsageError(`the policy has no environment ${unknown}`);
  const settings = settingsIn(effective, options.environment);
  const differences = options.environment.length > 0 ? [] : differencesIn(effective, settings);
  const rows = [...settings, ...entries(effective, layers), ...differences];
  terminal.out(options.format === "json" ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
  return problems.length > 0 ? 1 : 0;
}

function settingsIn(effective: EffectivePolicy, environments: readonly string[]): Row[] {
  const values = effective.scoped([environments]).values;
  return [...rowsOf(values), ...implied(effective, values)].sort(bySetting);
}

function rowsOf(values: Values): Row[] {
  return [...values]
    .filter(([, { path, value }]) => path[0] !== "delegate" || value !== false)
    .map(([setting, { value, source }]) => ({ setting, value, source }));
}

/** What holds because nobody says otherwise, besides the options of rules. */
function implied({ mode, unrendered, mesh }: EffectivePolicy, values: Values): Row[] {
  const settings = { mode, unrendered, ...prefixed("mesh", mesh) };
  return Object.entries(settings)
    .filter(([setting]) => !values.has(setting))
    .map(([setting, value]) => ({ setting, value, source: "default" }));
}

/** What several entries make up: each with the line that it stands at. */
function entries(effective: EffectivePolicy, { organisation, repository }: PolicyLayers): Row[] {
  const lineOf = (key: "environments" | "approvals", name: string) => {
    const layer = [organisation, repository].find((one) => name in (one?.document[key] ?? {}));
    return layer ? linesOf(layer)([key, name]) : "default";
  };
  const customLine = (id: string) => {
    const [layer] = [organisation, repository].filter((one) => customIndex(one, id) >= 0);
    return layer ? linesOf(layer)(["custom", customIndex(layer, id)]) : "default";
  };
  const named = (key: "environments" | "approvals") =>
    Object.entries(effective[key]).map(([name, value]) => ({
      setting: `${key}.${name}`,
      value,
      source: lineOf(key, name),
    }));
  return [
    ...named("environments"),
    ...named("approvals"),
    ...effective.custom.map(({ id, ...value }) => ({
      setting: `custom.${id}`,
      value,
      source: customLine(id),
    })),
    ...effective.exceptions.map(({ source, own: _, ...value }) => ({
      setting: `exceptions.${value.rule} ${value.object}`,
      value,
      source,
    })),
  ];
}

function customIndex(layer: PolicyLayers["organisation"], id: string): number {
  return layer?.document.custom?.findIndex((rule) => rule.id === id) ?? -1;
}

/** What is otherwise in each environment. */
function differencesIn(effective: EffectivePolicy, everywhere: readonly Row[]): Row[] {
  const known = new Map(everywhere.map((row) => [row.setting, JSON.stringify([row.value, row.source])]));
  return Object.keys(effective.environments).flatMap((environment) =>
    settingsIn(effective, [environment])
      .filter(({ setting, value, source }) => known.get(setting) !== JSON.stringify([value, source]))
      .map((row) => ({ ...row, environment })),
  );
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ setting }) => setting.length));
  const lines = rows.map(({ setting, value, source, environment }, index) => {
    const heading =
      environment !== undefined && environment !== rows[index - 1]?.environment
        ? `\nIn ${environment}:\n`
        : "";
    return `${heading}${setting.padEnd(width)}  ${JSON.stringify(value)}  (${source})\n`;
  });
  return lines.join("");
}

function prefixed(section: string, settings: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${section}.${name}`, value]));
}

function bySetting(a: Row, b: Row): number {
  return a.setting < b.setting ? -1 : 1;
}
