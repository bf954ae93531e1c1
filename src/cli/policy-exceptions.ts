import { meshOf } from "../evaluation.ts";
import type { Problem } from "../manifest/source.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { exceptionNotices, expiryNotices } from "../policy/exceptions.ts";
import { governedObjects } from "../policy/placements.ts";
import { standing } from "../policy/standing.ts";
import { Moment } from "../rules/moment.ts";
import { stateHere } from "./states.ts";

/** What is to be said of a policy's exceptions now, against the mesh of the repository or folder one stands in, if any. */
export async function exceptionsHere(policy: EffectivePolicy, folder: string): Promise<readonly Problem[]> {
  if (policy.exceptions.length === 0) return [];
  const moment = new Moment(Date.now());
  const expiring = expiryNotices(policy, moment);
  const mesh = meshOf((await stateHere(folder)).files, policy);
  if (governedObjects(mesh).length === 0) return expiring;
  const known = new Set(expiring.map(({ range }) => `${range.file}:${range.line}`));
  const useless = exceptionNotices([], standing(mesh, policy, moment.now), policy, moment);
  return [...expiring, ...useless.filter(({ range }) => !known.has(`${range.file}:${range.line}`))];
}
