import type { Evaluation } from "../evaluation.ts";
import type { Range } from "../manifest/source.ts";
import { messageOf } from "../policy/alike.ts";
import { rules } from "../rules/index.ts";
import { line } from "./escape.ts";
import { sentence } from "./sentence.ts";

const levels = { block: "error", warn: "warning", info: "note" } as const;

/** SARIF 2.1.0, as code scanning and editors read it (docs.oasis-open.org/sarif). */
export function sarifReport({ evidence }: Evaluation): string {
  const results = evidence.findings.map((finding) => ({
    ruleId: finding.rule,
    level: finding.certainty === "certain" ? levels[finding.severity] : "note",
    message: { text: line(`${sentence(messageOf(finding))} ${sentence(finding.fix)}`, 4_000) },
    locations: [location(finding.range)],
    partialFingerprints: { "sluice/v1": finding.fingerprint },
    baselineState: finding.state === "existing" ? "unchanged" : "new",
    ...(finding.state === "excepted" || finding.state === "approved"
      ? { suppressions: [{ kind: "external", justification: finding.state }] }
      : {}),
  }));
  const notifications = evidence.notEvaluated.map(({ file, reason, range, blocks }) => ({
    level: blocks ? "error" : "warning",
    message: { text: line(sentence(reason), 4_000) },
    locations: [location(range ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 })],
  }));
  const driver = {
    name: "Sluice",
    rules: rules.map(({ id, title, docs }) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: sentence(docs.why) },
      help: { text: docs.do },
    })),
  };
  const run = {
    tool: { driver },
    invocations: [
      { executionSuccessful: notifications.length === 0, toolExecutionNotifications: notifications },
    ],
    results,
  };
  return `${JSON.stringify({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function location({ file, line: startLine, column, endLine, endColumn }: Range) {
  const uri = file.split("/").map(encodeURIComponent).join("/");
  return {
    physicalLocation: {
      artifactLocation: { uri },
      region: { startLine, startColumn: column, endLine, endColumn },
    },
  };
}
