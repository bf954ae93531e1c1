import { parseDuration } from "../../mesh/validity/duration.ts";

/** A Go duration in milliseconds, fractions kept; null where it is absent or none. */
export function milliseconds(duration: string | null | undefined): number | null {
  const nanoseconds = duration ? parseDuration(duration) : null;
  return nanoseconds === null ? null : Number(nanoseconds) / 1e6;
}
