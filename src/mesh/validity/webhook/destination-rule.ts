import type { DestinationRule, Subset } from "../../istio.ts";
import type { Metadata } from "../metadata.ts";
import { quote } from "../schema/wording.ts";
import { exportTo } from "./export-to.ts";
import { error, errorsOf, type Issues, warning } from "./issue.ts";
import { labelMap, subsetName, wildcardHost } from "./names.ts";
import { trafficPolicy } from "./traffic-policy.ts";
import { selectorLabels } from "./workload-selector.ts";

/** A DestinationRule (validation.go `ValidateDestinationRule`). */
export function* destinationRule(spec: DestinationRule, { namespace }: Metadata): Issues {
  yield* wildcardHost(spec.host ?? "", ["spec", "host"]);
  yield* trafficPolicy(spec.trafficPolicy, namespace, ["spec", "trafficPolicy"]);
  yield* subsets(spec.subsets ?? [], namespace);
  const selector = spec.workloadSelector;
  yield* exportTo(namespace, spec.exportTo, { ownNamespaceOnly: selector !== undefined });
  if (!selector) return;
  yield* selectorLabels(selector.matchLabels, ["spec", "workloadSelector", "matchLabels"]);
  if (!selector.matchLabels) {
    const message = "a workload selector without labels selects every workload of the namespace";
    yield warning("selects-all", ["spec", "workloadSelector"], message, "add `matchLabels`, or remove it");
  }
}

function* subsets(list: readonly Subset[], namespace: string): Issues {
  const names = new Set<string>();
  for (const [index, subset] of list.entries()) {
    const path = ["spec", "subsets", index];
    const name = subset.name ?? "";
    if (names.has(name)) {
      yield error(
        "duplicate",
        [...path, "name"],
        `two subsets are called ${quote(name)}`,
        "rename one of them",
      );
    }
    names.add(name);
    yield* subsetName(name, [...path, "name"]);
    yield* labelMap(subset.labels, [...path, "labels"]);
    yield* errorsOf(trafficPolicy(subset.trafficPolicy, namespace, [...path, "trafficPolicy"]));
  }
}
