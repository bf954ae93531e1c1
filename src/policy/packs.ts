import { packTexts } from "./packs.generated.ts";
import { type PolicyLayer, readPolicy } from "./read.ts";

const read = new Map<string, PolicyLayer>();

/** A shipped pack by its pinned name (`recommended@1`); the schema lets no other name through. */
export function pack(name: string): PolicyLayer {
  const known = read.get(name);
  if (known) return known;
  const { layer, problems } = readPolicy(packTexts[name as keyof typeof packTexts], name, null, {
    below: true,
  });
  if (!layer)
    throw new Error(`pack ${name} is broken: ${problems.map((problem) => problem.message).join("; ")}`);
  read.set(name, layer);
  return layer;
}
