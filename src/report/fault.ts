import type { CheckReport } from "../github/port.ts";
import { line, plain } from "./escape.ts";

/** The check when Sluice or GitHub failed for good: never a pass, and it says what to do. */
export function faultReport(error: unknown, delivery: string): CheckReport {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    conclusion: "failure",
    title: line(`Could not evaluate: ${reason}`, 140),
    summary: `Sluice could not finish its evaluation: ${plain(reason)}.\n\nThis is not a mistake in your change. Press Re-run to try again; if it stays, tell the owners of Sluice and quote \`${line(delivery)}\`.`,
    text: "",
    annotations: [],
  };
}
