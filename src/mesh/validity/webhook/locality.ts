import type { Path } from "../../../manifest/source.ts";
import type { LoadBalancer } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issue, type Issues, warning } from "./issue.ts";
import { distinctLocalities } from "./localities.ts";

type LocalitySetting = NonNullable<LoadBalancer["localityLbSetting"]>;
type Distribution = NonNullable<LocalitySetting["distribute"]>;
type ZoneAwareSetting = NonNullable<LoadBalancer["zoneAwareLbSetting"]>;

const topologyLabels = [
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.istio.io/subzone",
];

/** Load balancing by locality (agent/validation.go `ValidateLocalityLbSetting`, which stops at some errors). */
export function* localityLoadBalancing(
  setting: LocalitySetting | undefined,
  hasOutlierDetection: boolean,
  path: Path,
): Issues {
  if (!setting) return;
  if (setting.distribute && setting.failover) {
    const message = "`distribute` and `failover` cannot be combined";
    yield error("conflict", [...path, "failover"], message, "remove one of the two");
    return;
  }
  const clash = setting.failover ? topologyLabelIn(setting.failoverPriority) : -1;
  if (clash >= 0) {
    const message = `\`failoverPriority\` cannot have ${setting.failoverPriority![clash]} beside \`failover\``;
    yield error("conflict", [...path, "failoverPriority", clash], message, "remove it, or `failover`");
    return;
  }
  const ended = yield* distribution(setting.distribute ?? [], [...path, "distribute"]);
  if (ended) return;
  yield* failoverRules(setting, hasOutlierDetection, path);
}

/** Load balancing by zone, where Envoy orders regions and zones itself (`ValidateZoneAwareLbSetting`). */
export function* zoneAwareLoadBalancing(
  setting: ZoneAwareSetting | undefined,
  hasOutlierDetection: boolean,
  path: Path,
): Issues {
  if (!setting) return;
  for (const [index, label] of (setting.failoverPriority ?? []).entries()) {
    if (!topologyLabels.includes(label)) continue;
    const message = `\`failoverPriority\` cannot have ${label}: zone-aware load balancing orders regions and zones itself`;
    yield error("conflict", [...path, "failoverPriority", index], message, "remove it");
  }
  yield* failoverRules(setting, hasOutlierDetection, path);
}

function topologyLabelIn(labels: readonly string[] | undefined): number {
  return (labels ?? []).findIndex((label) => topologyLabels.includes(label));
}

function* failoverRules(
  setting: LocalitySetting | ZoneAwareSetting,
  hasOutlierDetection: boolean,
  path: Path,
): Issues {
  if ((setting.failover || setting.failoverPriority) && !hasOutlierDetection) {
    const message = "failover does nothing without `outlierDetection`, which notices that endpoints fail";
    yield warning("no-effect", path, message, "add `outlierDetection` to the traffic policy");
  }
  for (const [index, { from = "", to = "" }] of (setting.failover ?? []).entries()) {
    const at = [...path, "failover", index];
    if (from === to) yield error("conflict", at, `failover from ${quote(from)} to itself`);
    if (from.includes("/") || to.includes("/"))
      yield error("invalid-locality", at, "failover is between regions, without zones");
    if (from.includes("*") || to.includes("*"))
      yield error("invalid-locality", at, "failover is between named regions, without `*`");
  }
}

/** Where traffic from each locality goes. Answers whether Istio stops here, as it does at the first wrong weight. */
function* distribution(entries: Distribution, path: Path): Generator<Issue, boolean> {
  for (const [index, { to = {} }] of entries.entries()) {
    const at = [...path, index, "to"];
    const wrong = Object.entries(to).find(([, weight]) => weight < 1 || weight > 100);
    if (wrong) {
      yield error(
        "out-of-range",
        [...at, wrong[0]],
        `the weight of a locality must be from 1 to 100, not ${wrong[1]}`,
      );
      return true;
    }
    const total = Object.values(to).reduce((sum, weight) => sum + weight, 0);
    if (total !== 100) {
      yield error("wrong-sum", at, `the weights of the localities must sum up to 100, not ${total}`);
      return true;
    }
    yield* distinctLocalities(Object.keys(to).map((name) => ({ name, path: [...at, name] })));
  }
  yield* distinctLocalities(
    entries.map(({ from = "" }, index) => ({ name: from, path: [...path, index, "from"] })),
  );
  return false;
}
