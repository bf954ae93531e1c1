import type { Evaluation } from "../evaluation.ts";
import { messageOf } from "../policy/alike.ts";
import { blocks } from "../policy/findings.ts";
import { line } from "./escape.ts";
import { sentence } from "./sentence.ts";

/** JUnit XML: a finding is a test case, failed where it blocks; what could not be evaluated is an error. */
export function junitReport({ evidence, decision }: Evaluation): string {
  const findings = evidence.findings.map((finding) => {
    const message = messageOf(finding);
    const name = attribute(`${finding.object}: ${message}`);
    const opening = `<testcase classname="${attribute(finding.rule)}" name="${name}" file="${attribute(finding.range.file)}" line="${finding.range.line}">`;
    const body = blocks(finding)
      ? `<failure message="${attribute(sentence(message))}">${content(`${sentence(finding.why)} ${sentence(finding.fix)}`)}</failure>`
      : `<system-out>${content(`${finding.severity}, ${finding.state}. ${sentence(finding.fix)}`)}</system-out>`;
    return `    ${opening}${body}</testcase>`;
  });
  const unread = evidence.notEvaluated.map(
    ({ file, reason }) =>
      `    <testcase classname="not-evaluated" name="${attribute(file)}" file="${attribute(file)}"><error message="${attribute(sentence(reason))}"/></testcase>`,
  );
  const cases = [...findings, ...unread];
  const failures = evidence.findings.filter(blocks).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sluice" tests="${cases.length}" failures="${failures}" errors="${unread.length}">`,
    `  <testsuite name="${attribute(decision.title)}" tests="${cases.length}" failures="${failures}" errors="${unread.length}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** Characters that XML 1.0 cannot hold at all are gone after `line`. */
function content(text: string): string {
  return line(text, 4_000).replace(
    /[&<>\ud800-\udfff\ufffe\uffff]/g,
    (character) => entities[character] ?? "",
  );
}

function attribute(text: string): string {
  return content(text).replace(/"/g, "&quot;");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
