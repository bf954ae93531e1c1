import type { ReviewComment } from "../github/index.ts";
import { patchLines } from "./patch.ts";

/**
 * The line a review comment stands on in today's `patch`, or null when it is outdated. GitHub moves a comment along with
 * its line; here that is the nearest line of the same side with the same text.
 */
export function presentLine({ side, line, hunk }: ReviewComment, patch: string | null): number | null {
  const commented = patchLines(hunk).at(-1);
  const candidates = patchLines(patch ?? "").flatMap((shown) => {
    const number = side === "LEFT" ? shown.left : shown.right;
    return number !== null && shown.text === commented?.text ? [number] : [];
  });
  return candidates.sort((a, b) => Math.abs(a - line) - Math.abs(b - line))[0] ?? null;
}
