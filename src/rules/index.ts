import { analyses } from "./analyses.ts";
import { canarySoak } from "./canary-soak.ts";
import { changeFreeze } from "./change-freeze.ts";
import { connectionPool } from "./connection-pool.ts";
import { controllerOwned } from "./controller-owned.ts";
import { egressWidened } from "./egress-widened.ts";
import { exportTo } from "./export-to.ts";
import { faultScope } from "./fault-scope.ts";
import { fullCutover } from "./full-cutover.ts";
import { gatewayHost } from "./gateway-host.ts";
import { gatewayTls } from "./gateway-tls.ts";
import { hostTakeover } from "./host-takeover.ts";
import { loadBalancerDeprecated } from "./load-balancer-deprecated.ts";
import { localityFailover } from "./locality-failover.ts";
import { makeBeforeBreak } from "./make-before-break.ts";
import { mirrorScope } from "./mirror-scope.ts";
import { outlierDetection } from "./outlier-detection.ts";
import { retryBudget } from "./retry-budget.ts";
import { retryNonIdempotent } from "./retry-non-idempotent.ts";
import { retryOnValid } from "./retry-on-valid.ts";
import { routeRemoved } from "./route-removed.ts";
import { routeShadowed } from "./route-shadowed.ts";
import type { Rule } from "./rule.ts";
import { serviceEntry } from "./service-entry.ts";
import { sidecarEgressScope } from "./sidecar-egress-scope.ts";
import { sidecarRequired } from "./sidecar-required.ts";
import { timeoutChange } from "./timeout-change.ts";
import { timeoutRange } from "./timeout-range.ts";
import { timeoutRequired } from "./timeout-required.ts";
import { tlsDowngrade } from "./tls-downgrade.ts";
import { validManifest } from "./valid-manifest.ts";
import { weightStep } from "./weight-step.ts";
import { weightSum } from "./weight-sum.ts";
import { wildcardHost } from "./wildcard-host.ts";

/** Every rule Sluice has, in the order in which reports list their findings. */
export const rules: readonly Rule[] = [
  weightStep,
  outlierDetection,
  sidecarEgressScope,
  timeoutRequired,
  timeoutRange,
  timeoutChange,
  retryBudget,
  retryNonIdempotent,
  retryOnValid,
  validManifest,
  makeBeforeBreak,
  hostTakeover,
  routeRemoved,
  routeShadowed,
  weightSum,
  fullCutover,
  controllerOwned,
  faultScope,
  mirrorScope,
  changeFreeze,
  canarySoak,
  connectionPool,
  loadBalancerDeprecated,
  localityFailover,
  ...analyses,
  sidecarRequired,
  egressWidened,
  serviceEntry,
  exportTo,
  tlsDowngrade,
  gatewayTls,
  gatewayHost,
  wildcardHost,
];
