import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Violation } from "../rules/finding.ts";

/**
 * 16 hex digits over everything that makes a finding what it is (semantics.md "Fingerprint"): its key, before and after,
 * the limit in force, the environment, and what decides where the requests go. Not lines, files, comments or commits.
 */
export function fingerprint(rule: string, violation: Violation, environment: string | null): string {
  const { object, subject, before, after, limit, evidence } = violation;
  const content = JSON.stringify([rule, object, subject, before, after, limit?.value, environment, evidence]);
  return bytesToHex(sha256(utf8ToBytes(content))).slice(0, 16);
}
