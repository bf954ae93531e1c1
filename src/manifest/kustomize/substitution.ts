/**
 * Fills in `${NAME}` as Flux does after building (kustomize-controller, `postBuild`): in the text of each object, which
 * is then read again.
 */
import { isObject } from "../json.ts";
import { plainScalar } from "../scalar.ts";
import type { Json } from "../source.ts";
import { YamlError } from "../yaml-error.ts";
import { field, fieldAt, fields, items, type Traced, withField, withItems } from "./traced.ts";
import { yamlText } from "./yaml-text.ts";

/** The values that are known, and whether that is all of them. */
export interface Substitutes {
  /** Each where it is written. */
  readonly values: ReadonlyMap<string, Traced>;
  /** Whether some come from where Sluice cannot look: then an unknown name is not an empty text. */
  readonly open: boolean;
}

const marker = "kustomize.toolkit.fluxcd.io/substitute";
const expression = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])([^}]{0,1000}))?\}/g;

/** An object with what is known filled in. What is not known stays as it is. */
export function substituted(body: Traced, substitutes: Substitutes): Traced {
  if (substitutes.values.size === 0 && !substitutes.open) return body;
  const isDisabled = (["labels", "annotations"] as const).some(
    (key) => fieldAt(body, "metadata", key, marker)?.value === "disabled",
  );
  return isDisabled || !mentions(body.value) ? body : inside(body, substitutes);
}

function mentions(value: Json): boolean {
  if (typeof value === "string") return value.includes("${");
  if (Array.isArray(value)) return value.some(mentions);
  return isObject(value) && Object.values(value).some(mentions);
}

function inside(at: Traced, substitutes: Substitutes): Traced {
  if (!mentions(at.value)) return at;
  if (typeof at.value === "string") return filled(at, at.value, substitutes);
  if (Array.isArray(at.value))
    return withItems(
      at,
      items(at).map((item) => inside(item, substitutes)),
    );
  return fields(at).reduce((changed, [key]) => {
    const entry = field(changed, key)!;
    const next = inside(entry, substitutes);
    return next === entry ? changed : withField(changed, key, next);
  }, at);
}

/** A text with its names replaced. Unquoted in the built text, what comes out may be a number or a boolean. */
function filled(at: Traced, text: string, { values, open }: Substitutes): Traced {
  let source: Traced | undefined;
  let unknown = false;
  const result = text.replace(
    expression,
    (match, name: string | undefined, operator: string | undefined, rest = "") => {
      if (name === undefined) return "${";
      const value = values.get(name);
      const known = value === undefined ? undefined : String(value.value);
      if (known === undefined && open) {
        unknown = true;
        return match;
      }
      source = value ?? source;
      const usesDefault = operator?.startsWith(":") ? !known : known === undefined;
      return operator !== undefined && usesDefault ? rest : (known ?? "");
    },
  );
  if (unknown || result === text) return at;
  const value = readAgain(text, result);
  return value === undefined ? at : { value, origin: (source ?? at).origin };
}

/** The replaced text as YAML reads it where the original stood; undefined where that could be anything. */
function readAgain(text: string, result: string): Json | undefined {
  const isPlain = yamlText(text) === `${text}\n`;
  if (!isPlain) return /["'\\\n]/.test(result) ? undefined : result;
  if (/\n|: |:$| #|^[-?:,[\]{}#&*!|>'"%@`]|^\s|\s$/.test(result)) return undefined;
  try {
    return plainScalar(result);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}
