import { type Evaluation, evaluate, type Occasion, type ProposedChange } from "../evaluation.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import type { State } from "./states.ts";

/** The story of the command line: evaluates, and again with the base's past where a shift's judgement depends on it. */
export async function evaluateWithPast(
  change: ProposedChange,
  base: State,
  policy: EffectivePolicy,
  occasion: Occasion,
): Promise<Evaluation> {
  const present = evaluate(change, policy, occasion);
  const { history } = base;
  const files = present.pastFiles;
  if (!history || files.length === 0) return present;
  const past = new Map(await Promise.all(files.map(async (file) => [file, await history(file)] as const)));
  return evaluate(change, policy, { ...occasion, past });
}
