import * as z from "zod";
import { milliseconds } from "../traffic/effective/milliseconds.ts";

const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/, "a duration is written 500ms, 1.5s or 2m")
  .describe("A duration such as 500ms, 1.5s or 2m.");

const order = "the least comes first, then the most";

/** The shortest and the longest time that policy lets through: `[1s, 5s]`. */
export const durationBounds = z
  .tuple([duration, duration])
  .refine(([least, most]) => (milliseconds(least) ?? 0) <= (milliseconds(most) ?? 0), order);
/** The least and the most that policy lets through: `[0, 2]`. */
export const countBounds = z
  .tuple([z.int().min(0), z.int().min(0)])
  .refine(([least, most]) => least <= most, order);

/** The bounds of a time in milliseconds. */
export function millisecondBounds([least, most]: z.output<typeof durationBounds>): readonly [number, number] {
  return [milliseconds(least) ?? 0, milliseconds(most) ?? Number.POSITIVE_INFINITY];
}

/** How many times a value is below the least or above the most; null where it is within. */
export function excess(value: number, [least, most]: readonly [number, number]): number | null {
  if (value > most) return value / Math.max(most, 1);
  return value < least ? least / Math.max(value, 1) : null;
}
