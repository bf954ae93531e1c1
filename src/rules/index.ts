import { outlierDetection } from "./outlier-detection.ts";
import type { Rule } from "./rule.ts";
import { sidecarEgressScope } from "./sidecar-egress-scope.ts";
import { timeoutRequired } from "./timeout-required.ts";
import { validManifest } from "./valid-manifest.ts";
import { weightStep } from "./weight-step.ts";

/** Every rule Sluice has, in the order in which reports list their findings. */
export const rules: readonly Rule[] = [
  weightStep,
  outlierDetection,
  sidecarEgressScope,
  timeoutRequired,
  validManifest,
];
