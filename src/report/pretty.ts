import type { Evaluation } from "../evaluation.ts";
import type { Range } from "../manifest/source.ts";
import {
  alikeChanges,
  alikeFindings,
  alikeShifts,
  someOf,
  toldMessage,
  toldObjects,
} from "../policy/alike.ts";
import { approversOf, type Decision, openingOf } from "../policy/decide.ts";
import type { Finding } from "../rules/finding.ts";
import { clockText } from "../rules/wall-clock.ts";
import { line } from "./escape.ts";
import type { Surroundings } from "./formats.ts";
import { movementText, sharesText } from "./shares.ts";

type Style = "bold" | "red" | "yellow" | "green" | "dim";
type Paint = (style: Style, text: string) => string;
const codes: Record<Style, number> = { bold: 1, red: 31, yellow: 33, green: 32, dim: 2 };

/** The report for a terminal: the lines that are meant are shown with a caret. */
export function prettyReport(evaluation: Evaluation, { source, colours }: Surroundings): string {
  const paint = painter(colours);
  const { decision } = evaluation;
  const mark = decision.exit !== 0 ? paint("red", "✗") : paint("green", "✓");
  return `${[
    `${mark} ${paint("bold", line(decision.title))}`,
    ...shiftLines(evaluation, paint),
    ...changeLines(evaluation, paint),
    ...doubtLines(evaluation, paint),
    ...findingLines(evaluation, source, paint),
    ...notEvaluatedLines(evaluation, source, paint),
    ...openingLines(decision),
    "",
    paint("dim", policyLine(evaluation)),
  ].join("\n")}\n`;
}

/** What a change does to traffic, for a terminal: shifts and settings without anybody's policy. */
export function prettyTraffic(evaluation: Evaluation, colours: boolean): string {
  const paint = painter(colours);
  const lines = [
    ...shiftLines(evaluation, paint),
    ...changeLines(evaluation, paint),
    ...unreachableLines(evaluation, paint),
    ...doubtLines(evaluation, paint),
  ];
  return lines.length === 0 ? "No traffic change\n" : `${lines.join("\n").trimStart()}\n`;
}

function painter(colours: boolean): Paint {
  return (style, text) => (colours ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

function shiftLines({ evidence, rollbacks }: Evaluation, paint: Paint): string[] {
  return alikeShifts(evidence.traffic.shifts, rollbacks).flatMap(({ first: shift, all, overlays }) => [
    "",
    `${paint("bold", line(someOf([...new Set(all.map(({ host }) => host))])))}${shift.gateway === "mesh" ? "" : ` through ${line(shift.gateway)}`}: ${line(shift.class)}`,
    `  before  ${line(sharesText(shift.before, shift))}`,
    `  after   ${line(sharesText(shift.after, shift))}`,
    `  moved   ${movementText(shift, rollbacks.has(shift))}`,
    ...within(overlays),
    ...(shift.example ? [paint("dim", `  try     ${line(shift.example.curl)}`)] : []),
  ]);
}

function changeLines({ evidence }: Evaluation, paint: Paint): string[] {
  const { changes } = evidence.traffic;
  if (changes.length === 0) return [];
  return [
    "",
    paint("bold", "Settings"),
    ...alikeChanges(changes).flatMap((told) => {
      const { path, before, after, direction, range } = told.first;
      const verdict =
        direction === "looser" ? paint("yellow", " looser") : direction === "tighter" ? " tighter" : "";
      return [
        `  ${line(toldObjects(told))} ${line(path)}: ${line(before ?? "none")} → ${line(after ?? "none")}${verdict} ${paint("dim", place(range))}`,
        ...within(told.overlays),
      ];
    }),
  ];
}

/** Routes that answered before, or are new, and that no request reaches; in a check a rule speaks of them. */
function unreachableLines({ evidence }: Evaluation, paint: Paint): string[] {
  const lines = evidence.traffic.unreachable
    .filter(({ isNew }) => isNew)
    .map(({ object, route, takenBy, range }) => {
      const comes = takenBy.length === 1 ? "comes" : "come";
      const why =
        takenBy.length === 0
          ? "its conditions never hold together"
          : `${line(takenBy.join(", "))} ${comes} first`;
      return `  ${line(object)} ${line(route)} answers nothing any more: ${why} ${paint("dim", place(range))}`;
    });
  return lines.length === 0 ? [] : ["", paint("bold", "Unreachable"), ...lines];
}

/** Where the comparison gave up. */
function doubtLines({ evidence }: Evaluation, paint: Paint): string[] {
  const lines = evidence.traffic.incomplete.map(({ host, gateway, reason }) => {
    const through = gateway === "mesh" ? "" : ` through ${line(gateway)}`;
    return paint("yellow", `${line(host)}${through} may differ further: ${line(reason)}`);
  });
  return lines.length === 0 ? [] : ["", ...lines];
}

function findingLines(
  { evidence, policy }: Evaluation,
  source: (path: string) => string | undefined,
  paint: Paint,
): string[] {
  const existing = evidence.findings.filter(({ state }) => state === "existing");
  const news = evidence.findings.filter(({ state }) => state !== "existing");
  const rest = [...new Set(existing.map(({ rule }) => rule))].sort().join(", ");
  const lines = alikeFindings(news).flatMap((told) => {
    const finding = told.first;
    const approvers = approversOf(finding, policy);
    return [
      "",
      `${paint(finding.severity === "block" ? "red" : "yellow", severityText(finding))} ${finding.rule}: ${line(toldMessage(told))}`,
      `  of    ${line(toldObjects(told))}`,
      ...excerpt(finding.range, source, paint),
      `  why   ${finding.why}`,
      `  do    ${line(finding.fix)}`,
      ...(finding.limit
        ? [`  limit ${line(finding.limit.value)}, set in ${line(finding.limit.source)}`]
        : []),
      ...(approvers.length > 0
        ? [`  may be approved by ${approvers.map((name) => line(name)).join(", ")}`]
        : []),
    ];
  });
  return existing.length === 0
    ? lines
    : [...lines, "", paint("dim", `${existing.length} more that the base has already: ${rest}`)];
}

function openingLines(decision: Decision): string[] {
  const opening = openingOf(decision);
  return opening === null
    ? []
    : ["", `All that blocks is over by itself at ${clockText(opening, "UTC")}: judge again then.`];
}

function severityText({ severity, state, certainty }: Finding): string {
  const doubt = certainty === "certain" ? "" : `, ${certainty}`;
  return `[${severity}${state === "new" ? "" : `, ${state}`}${doubt}]`;
}

function notEvaluatedLines(
  { evidence }: Evaluation,
  source: (path: string) => string | undefined,
  paint: Paint,
): string[] {
  return evidence.notEvaluated.flatMap(({ file, reason, range, fix, blocks }) => [
    "",
    `${paint(blocks ? "red" : "yellow", "[not evaluated]")} ${line(file)}: ${line(reason)}`,
    ...(range ? excerpt(range, source, paint) : []),
    ...(fix ? [`  do    ${line(fix)}`] : []),
  ]);
}

/** Overlays beyond this are counted. */
const mostOverlays = 20;

function within(overlays: readonly string[]): string[] {
  return overlays.length === 0 ? [] : [`  in      ${line(someOf(overlays, mostOverlays), 2_000)}`];
}

/** The line that is meant, with a caret under the place. */
function excerpt(range: Range, source: (path: string) => string | undefined, paint: Paint): string[] {
  const text = source(range.file)?.split("\n")[range.line - 1];
  const where = `  ${paint("dim", "at")}    ${place(range)}`;
  if (text === undefined) return [where];
  const number = String(range.line);
  const shown = text
    .replace(/\r$/, "")
    .replace(/[\p{Cc}]/gu, " ")
    .slice(0, 160);
  return [
    where,
    `  ${paint("dim", `${number} |`)} ${shown}`,
    `  ${" ".repeat(number.length)} ${paint("dim", "|")} ${" ".repeat(Math.min(range.column - 1, 160))}${paint("red", "^")}`,
  ];
}

function place({ file, line: number }: Range): string {
  return `${line(file)}:${number}`;
}

function policyLine({ policy }: Evaluation): string {
  if (policy.sources.length === 0) return "policy: recommended@1 (no policy file)";
  return `policy: ${policy.sources.map(({ source }) => line(source)).join(", then ")} (${policy.mode})`;
}
