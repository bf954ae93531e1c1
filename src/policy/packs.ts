import { packTexts } from "./packs.generated.ts";
import { type PolicyLayer, readPolicy } from "./read.ts";

const read = new Map<string, PolicyLayer>();

/** A shipped pack by its pinned name (`recommended@1`), or null. */
export function pack(name: string): PolicyLayer | null {
  const known = read.get(name);
  if (known) return known;
  const text = Object.hasOwn(packTexts, name) ? packTexts[name as keyof typeof packTexts] : undefined;
  if (text === undefined) return null;
  const { layer, problems } = readPolicy(text, name, null);
  if (!layer)
    throw new Error(`pack ${name} is broken: ${problems.map((problem) => problem.message).join("; ")}`);
  read.set(name, layer);
  return layer;
}
