import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { isWhole } from "../mesh/scope.ts";
import type { Violation } from "../rules/finding.ts";

/**
 * 16 hex digits over everything that makes a finding what it is (semantics.md "Fingerprint"): its key, before and after,
 * the limit in force, the environment, the overlays that apply it, and what decides where the requests go. Not lines, files, comments or commits.
 */
export function fingerprint(
  rule: string,
  violation: Violation,
  environment: string | null,
  scopes: readonly string[],
): string {
  const { object, subject, before, after, limit, evidence } = violation;
  // Where the repository is applied as a whole, that is no part of what an object is.
  const overlays = scopes.every(isWhole) ? [] : [scopes];
  const content = JSON.stringify([
    ...[rule, object, subject, before, after, limit?.value, environment, evidence],
    ...overlays,
  ]);
  return bytesToHex(sha256(utf8ToBytes(content))).slice(0, 16);
}
