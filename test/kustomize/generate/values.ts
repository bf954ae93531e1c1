/** Values as nobody would write them, from which objects and patches are made. */
import fc from "fast-check";

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Fields = { [key: string]: Value };
/** An object of Kubernetes. */
export interface Thing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields & { name: string };
  readonly [key: string]: Value;
}

export const name = fc.constantFrom("reviews", "ratings", "edge", "a-1");
export const word = fc.constantFrom(
  ...["a", "b", "prod", "v1", "v2", "yes", "8080", "true", "1.0", "x y", "a:b", ""],
  ...["$(NAME)", "$(PORT)-$(NAME)", "$$(NAME)", "$(OTHER)"],
);
const key = fc.constantFrom("app", "tier", "example.com/team", "version", "on");
export const texts = fc.dictionary(key, word, { maxKeys: 3 });
export const scalar = fc.oneof(
  word,
  fc.integer({ min: -5, max: 20_000 }),
  fc.constantFrom(0.5, 1_234_567.25, 1e21, 2 ** 40),
  fc.boolean(),
  fc.constant(null),
);

export const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    { weight: 3, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 2 }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom("name", "port", "match", "on"), tie("value"), { maxKeys: 2 }),
    },
  ),
}));

/** One in five or so. */
export function rare<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** A mapping without what is undefined. */
export function stated(fields: { readonly [key: string]: unknown }): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, one]) => one !== undefined)) as Fields;
}
