import type { Problem } from "../../manifest/source.ts";
import { floorOf, handedDown } from "../delegation.ts";
import { sameValue } from "../direction.ts";
import type { PolicyLayer } from "../read.ts";
import { rangeOfSource } from "../source-line.ts";
import { linesOf, type Sourced, stricterOf, type Values } from "../values.ts";
import type { CustomRule } from "./custom-rule.ts";

/** The organisation's own rules and those that a repository adds, and what of these has no effect. */
export interface JoinedRules {
  readonly rules: readonly CustomRule[];
  readonly refused: readonly Problem[];
}

/**
 * A repository adds rules. One with the id of the organisation's may only raise its severity, or lower it as far as
 * `delegate: { custom.<id>.severity }` says; `delegate: { custom.<id>: true }` lets it be another rule altogether.
 */
export function joinedRules(
  owner: PolicyLayer | null,
  lower: PolicyLayer | null,
  standing: Values,
): JoinedRules {
  const rules = new Map((owner?.document.custom ?? []).map((rule) => [rule.id, rule]));
  const refused: Problem[] = [];
  for (const [index, theirs] of (lower?.document.custom ?? []).entries()) {
    const ours = rules.get(theirs.id);
    const place = ["custom", index];
    const line = linesOf(lower!);
    if (!ours || handedDown(standing, ["custom", theirs.id])) {
      rules.set(theirs.id, theirs);
      continue;
    }
    const above = linesOf(owner!)(["custom", owner!.document.custom!.indexOf(ours)]);
    const severity = loweredSeverity(ours, theirs, above, line([...place, "severity"]), standing);
    rules.set(theirs.id, { ...ours, severity: severity.value as CustomRule["severity"] });
    const isAnother = !sameValue({ ...ours, severity: null }, { ...theirs, severity: null });
    if (!isAnother && severity.value === theirs.severity) continue;
    const what = isAnother ? `${above} sets it` : `${severity.source} sets its severity to ${severity.value}`;
    refused.push({
      code: "policy-layer",
      message: `custom/${theirs.id} is the organisation's rule: ${what}`,
      range: rangeOfSource(line(place)),
      fix: isAnother
        ? "give this rule an id of its own; the organisation's stays as it is"
        : `it has no effect; the organisation's policy can hand it down under \`delegate\`, as custom.${theirs.id}.severity`,
    });
  }
  return { rules: [...rules.values()], refused };
}

function loweredSeverity(
  ours: CustomRule,
  theirs: CustomRule,
  ourSource: string,
  theirSource: string,
  standing: Values,
): Sourced {
  const path = ["custom", ours.id, "severity"];
  const stands: Sourced = { path, value: ours.severity, source: ourSource };
  const bound = handedDown(standing, path);
  const floor = bound ? floorOf(stands, bound) : stands;
  const said: Sourced = { path, value: theirs.severity, source: theirSource };
  return floor ? stricterOf(floor, said) : said;
}
