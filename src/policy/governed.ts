import type { Mesh } from "../mesh/object.ts";
import type { Finding } from "../rules/finding.ts";
import type { EffectivePolicy } from "./effective.ts";
import { governedObjects } from "./placements.ts";

/** The findings that the policy is in charge of: about objects that stand, on base or on head, in files that it governs. */
export function governed(
  findings: readonly Finding[],
  sides: readonly Mesh[],
  policy: EffectivePolicy,
): readonly Finding[] {
  if (findings.every(({ range }) => policy.governs(range.file))) return findings;
  const files = new Map<string, string[]>();
  for (const { id, document } of sides.flatMap(governedObjects)) {
    files.set(id, [...(files.get(id) ?? []), document.file]);
  }
  return findings.filter(({ object, range }) => (files.get(object) ?? [range.file]).some(policy.governs));
}
