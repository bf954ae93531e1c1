import { describe, expect, it } from "vitest";
import { change, destinationRule, split, summary, virtualService } from "./manifests.ts";

const route = (weights: Record<string, number>) => virtualService(`- ${split(weights)}`);

describe("overlays that hold the same objects", () => {
  const staging = { "staging/reviews.yaml": route({ stable: 50, canary: 50 }) };
  const prod = (canary: number) => ({ "prod/reviews.yaml": route({ stable: 100 - canary, canary }) });

  it("are compared each with itself", () => {
    const { shifts } = change({ ...staging, ...prod(10) }, { ...staging, ...prod(30) });
    expect(shifts.map(summary)).toEqual([
      "step 20: every request: stable 90, canary 10 → stable 70, canary 30",
    ]);
    expect(shifts[0]!.head!.range!.file).toBe("prod/reviews.yaml");
  });

  it("do not hide each other's changes", () => {
    const other = { "staging/reviews.yaml": route({ stable: 20, canary: 80 }) };
    const { shifts } = change({ ...staging, ...prod(10) }, { ...other, ...prod(30) });
    expect(shifts.map(summary).sort()).toEqual([
      "step 20: every request: stable 90, canary 10 → stable 70, canary 30",
      "step 30: every request: stable 50, canary 50 → stable 20, canary 80",
    ]);
  });

  it("are each told of the same edit", () => {
    const timed = (folder: string, timeout: string) => ({
      [`${folder}/reviews.yaml`]: virtualService(
        `- ${split({ stable: folder.length, canary: 1 })}\n  timeout: ${timeout}`,
      ),
    });
    const { changes } = change(
      { ...timed("prod", "1s"), ...timed("staging", "1s") },
      { ...timed("prod", "2s"), ...timed("staging", "2s") },
    );
    expect(changes.map(({ range }) => range.file).sort()).toEqual([
      "prod/reviews.yaml",
      "staging/reviews.yaml",
    ]);
  });

  it("share what is outside of them, and say it once", () => {
    const shared = (interval: string) => ({
      "shared/rule.yaml": destinationRule(
        `host: reviews\ntrafficPolicy: { outlierDetection: { interval: ${interval} } }`,
      ),
    });
    const overlays = { ...staging, ...prod(10) };
    const { changes } = change({ ...overlays, ...shared("10s") }, { ...overlays, ...shared("20s") });
    expect(changes.map(({ kind }) => kind)).toEqual(["outlierDetection"]);
  });
});
