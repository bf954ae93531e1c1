/** As much of a zod schema's definition as is needed to find what may stand somewhere. */
interface Schema {
  readonly def: {
    readonly type: string;
    readonly innerType?: Schema;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly keyType?: Schema;
    readonly valueType?: Schema;
    readonly element?: Schema;
    readonly items?: readonly Schema[];
    readonly options?: readonly Schema[];
    readonly entries?: Readonly<Record<string, string>>;
  };
}

/** The names that a schema knows at a path, for suggestions. */
export function knownKeys(root: unknown, path: readonly (string | number)[]): readonly string[] {
  let schemas = alternatives(root as Schema);
  for (const part of path)
    schemas = schemas.flatMap((schema) => childrenOf(schema, part)).flatMap(alternatives);
  return [...new Set(schemas.flatMap(keysOf))];
}

/** A schema without what makes it optional; of a union each option. */
function alternatives({ def, ...rest }: Schema): readonly Schema[] {
  if (def.innerType) return alternatives(def.innerType);
  return def.options?.flatMap(alternatives) ?? [{ def, ...rest }];
}

function childrenOf({ def }: Schema, part: string | number): readonly Schema[] {
  const child = def.shape?.[part] ?? def.valueType ?? def.element ?? def.items?.[Number(part)];
  return child ? [child] : [];
}

function keysOf({ def }: Schema): readonly string[] {
  if (def.shape) return Object.keys(def.shape);
  return def.keyType ? alternatives(def.keyType).flatMap((key) => Object.values(key.def.entries ?? {})) : [];
}
