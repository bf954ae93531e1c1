import type { Path } from "../../../manifest/source.ts";
import { durationFix, millisecond, parseDuration } from "../duration.ts";
import { fieldText } from "../violation.ts";
import { error, type Issues } from "./issue.ts";

/** A duration of whole milliseconds, one at least (agent/validation.go `ValidateDuration`); an absent one is left alone. */
export function* wholeMilliseconds(text: string | undefined, path: Path): Issues {
  if (text === undefined) return;
  const nanoseconds = parseDuration(text)!;
  const field = fieldText(path);
  if (nanoseconds < millisecond) {
    yield error(
      "invalid-duration",
      path,
      `\`${field}\` must be at least 1ms, not ${text}`,
      durationFix(text),
    );
  } else if (nanoseconds % millisecond !== 0n) {
    yield error("invalid-duration", path, `\`${field}\` must be whole milliseconds, not ${text}`);
  }
}
