import { rules } from "../rules/index.ts";
import { replacements, settingsOf, type Values } from "./values.ts";

interface Default {
  /** Settings beside which it does not apply: its own, its entries, and what takes its place. */
  readonly unless: readonly string[];
  readonly values: Values;
}

/** What rules do where nobody says otherwise: options by their schema, and every rule is off. */
const defaults: readonly Default[] = rules.flatMap((rule) => {
  const options = rule.options.parse({}) as Record<string, unknown>;
  const shape = Object.entries(rule.options.shape);
  const all = [
    ["severity", "off"] as const,
    ...shape.map(([name, schema]) => [name, options[name] ?? schema.meta()?.default] as const),
  ];
  return all.flatMap(([name, value]) => {
    if (value === undefined) return [];
    const key = `rules.${rule.id}.${name}`;
    const instead = replacements.filter(({ replaces }) => replaces === key).map(({ option }) => option);
    const settings = { rules: { [rule.id]: { [name]: value } } };
    const values = settingsOf(settings, () => `default of ${rule.id}`);
    return [{ unless: [key, ...instead], values }];
  });
});

/** Settings with the defaults of those that nobody set: a lower layer may not loosen these either. */
export function withDefaults(values: Values): Values {
  const set = new Set([...values.values()].map(({ path }) => path.slice(0, 3).join(".")));
  const missing = defaults.filter(({ unless }) => !unless.some((key) => set.has(key)));
  return new Map([...values, ...missing.flatMap((standing) => [...standing.values])]);
}
