import { expect, test } from "vitest";
import { findingMarker, markedFingerprints, reportMarker } from "../../src/github/marker.ts";
import { reportMarker as written } from "../../src/report/comment.ts";
import { fingerprintMarker } from "../../src/report/review.ts";

test("what the report marks, the client finds again", () => {
  expect(reportMarker).toBe(written);
  expect(findingMarker("feed0123")).toBe(fingerprintMarker("feed0123"));
  expect(markedFingerprints(`${fingerprintMarker("feed0123")}\ntext\n${fingerprintMarker("beef")}`)).toEqual([
    "feed0123",
    "beef",
  ]);
  expect(markedFingerprints("<!-- sluice:report v1 -->")).toEqual([]);
});
