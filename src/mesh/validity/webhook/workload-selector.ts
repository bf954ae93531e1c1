import type { Path } from "../../../manifest/source.ts";
import { error, type Issues } from "./issue.ts";

/** Labels that select workloads: no wildcards, no empty keys (validation.go `ValidateAlphaWorkloadSelector` and its twin). */
export function* selectorLabels(labels: Readonly<Record<string, string>> | undefined, path: Path): Issues {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (key === "") yield error("invalid-label", [...path, key], "a label needs a key");
    if (key.includes("*") || value.includes("*")) {
      const message = `\`${key}: ${value}\` selects nothing: labels match as a whole, without \`*\``;
      yield error("invalid-label", [...path, key], message);
    }
  }
}
