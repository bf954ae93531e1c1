import { describe, expect, it } from "vitest";
import { built } from "./built.ts";
import { casesOf, expected } from "./cases.ts";

describe("kustomizations are built as kubectl builds them", () => {
  it.each(casesOf("corpus"))("$name", (one) => {
    const { text, reasons } = built(one.texts, one.root);
    expect(reasons).toEqual([]);
    expect(text).toBe(expected(one, "expected.yaml"));
  });
});

describe("what kubectl does not build is not built, at a line and for a reason", () => {
  it.each(casesOf("erroneous"))("$name", (one) => {
    const { text, reasons } = built(one.texts, one.root);
    expect(text).toBeNull();
    const [reason, theirs] = expected(one, "expected.txt").split("\n");
    expect(reasons).toEqual([reason]);
    expect(theirs).toMatch(/^kubectl: ./);
  });
});

describe("what takes a network or a program is said to be missing", () => {
  it.each(casesOf("refused"))("$name", (one) => {
    const { reasons } = built(one.texts, one.root);
    expect(`${reasons.join("\n")}\n`).toBe(expected(one, "expected.txt"));
  });
});

describe("what is built otherwise than by kubectl is known", () => {
  it.each(casesOf("different"))("$name", (one) => {
    const { text, reasons } = built(one.texts, one.root);
    const [theirs, ours] = expected(one, "expected.txt").split("# sluice\n");
    expect(text ?? `${reasons.join("\n")}\n`).toBe(ours);
    expect(theirs).not.toBe(`# kubectl\n${ours}`);
  });
});
