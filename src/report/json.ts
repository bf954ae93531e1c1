import type { Evaluation } from "../evaluation.ts";
import { messageOf } from "../policy/alike.ts";
import { destinationName } from "../rules/stable.ts";
import type { Leg } from "../traffic/change.ts";
import { percent } from "../traffic/fraction.ts";

/** The result of `sluice check` as contracts.md has it: one JSON value, ended by a newline. */
export function jsonReport(evaluation: Evaluation): string {
  const { decision, evidence, policy, turn } = evaluation;
  return `${JSON.stringify(
    {
      version: 1,
      conclusion: decision.conclusion,
      exit: decision.exit,
      title: decision.title,
      policy: policy.sources.map(({ source, sha }) => ({ source, sha })),
      inventory: evidence.inventory.map(({ repository, commit }) => ({ repository, sha: commit })),
      ...trafficJson(evaluation),
      findings: evidence.findings.map((finding) => ({
        rule: finding.rule,
        severity: finding.severity,
        certainty: finding.certainty,
        state: finding.state,
        object: finding.object,
        file: finding.range.file,
        line: finding.range.line,
        column: finding.range.column,
        endLine: finding.range.endLine,
        message: messageOf(finding),
        scopes: finding.scopes,
        why: finding.why,
        fix: finding.fix,
        before: finding.before ?? null,
        after: finding.after ?? null,
        fingerprint: finding.fingerprint,
        limit: finding.limit ?? null,
        opensAt: finding.opensAt === undefined ? null : isoText(finding.opensAt),
      })),
      notEvaluated: evidence.notEvaluated.map(({ file, reason, range, fix }) => ({
        file,
        reason,
        ...(range ? { line: range.line, column: range.column } : {}),
        ...(fix === undefined ? {} : { fix }),
      })),
      turn: turn && { at: isoText(turn.at), what: turn.what },
    },
    null,
    2,
  )}\n`;
}

const isoText = (instant: number) => new Date(instant).toISOString();

/** The part that needs no policy: what changes for requests and settings, what nothing reaches any more, and what is in doubt. */
export function trafficJson({ evidence, rollbacks }: Evaluation) {
  const { shifts, changes, unreachable, incomplete } = evidence.traffic;
  return {
    shifts: shifts.map((shift) => ({
      object: shift.object,
      scopes: shift.scopes,
      host: shift.host,
      gateway: shift.gateway,
      class: shift.class,
      kind: shift.kind,
      example: shift.example,
      before: shift.before.map(legJson),
      after: shift.after.map(legJson),
      points: shift.points,
      rollback: rollbacks.has(shift),
      certainty: shift.certainty,
    })),
    changes: changes.map(({ range, ...change }) => ({ ...change, file: range.file, line: range.line })),
    unreachable: unreachable
      .filter(({ isNew }) => isNew)
      .map(({ object, route, takenBy, range: { file, line } }) => ({ object, route, takenBy, file, line })),
    incomplete,
  };
}

function legJson({ destination, share }: Leg) {
  return { destination: destinationName(destination), share: percent(share) };
}
