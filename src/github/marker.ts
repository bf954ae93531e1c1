/** Marks the one report comment of ours; it counts only together with our app as its author. */
export const reportMarker = "<!-- sluice:report v1 -->";

const findingPattern = /<!-- sluice:finding (\S+) -->/g;

/** Marks an inline comment of ours with the finding it belongs to. */
export function findingMarker(fingerprint: string): string {
  return `<!-- sluice:finding ${fingerprint} -->`;
}

/** The fingerprints that a comment of ours is marked with. */
export function markedFingerprints(body: string): string[] {
  return [...body.matchAll(findingPattern)].flatMap(([, fingerprint]) => fingerprint ?? []);
}
