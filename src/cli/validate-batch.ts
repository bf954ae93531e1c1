import type { Problem } from "../manifest/source.ts";
import { type JudgedFile, judgeManifests, type Opinion } from "./judge-manifests.ts";
import { problemJson } from "./validate-report.ts";

/** Answers each line `{"name","manifest"}` by one line, in order; what is no such line is answered by a refusal. */
export function answerBatch(input: string): string {
  const lines = input.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => `${JSON.stringify(answer(line))}\n`).join("");
}

function answer(line: string) {
  const request = parse(line);
  if ("flaw" in request)
    return refusal(request.name, { code: "bad-request", message: request.flaw, range: nowhere });
  const file = judgeManifests("manifest", request.manifest);
  const [first] = file.unreadable;
  if (first === undefined && file.objects.length === 0) {
    const message = "the manifest holds no object of networking.istio.io";
    return refusal(request.name, { code: "nothing-to-judge", message, range: nowhere });
  }
  return { name: request.name, ...verdict(file) };
}

/** A manifest is taken when every object of it is; what could not be read is not taken by anybody. */
function verdict({ objects, unreadable }: JudgedFile) {
  const all = (opinions: readonly Opinion[]) => ({
    valid: unreadable.length === 0 && opinions.every(({ valid }) => valid),
    errors: [...unreadable, ...opinions.flatMap(({ errors }) => errors)].map(problemJson),
  });
  const warnings = objects.flatMap(({ webhook }) => webhook.warnings).map(problemJson);
  return {
    accepted: unreadable.length === 0 && objects.every(({ accepted }) => accepted),
    webhook: { ...all(objects.map(({ webhook }) => webhook)), warnings },
    crd: all(objects.map(({ crd }) => crd)),
  };
}

const nowhere = { file: "manifest", line: 1, column: 1, endLine: 1, endColumn: 1 };

function refusal(name: unknown, problem: Problem) {
  const opinion = { valid: false, errors: [problemJson(problem)] };
  return { name, accepted: false, webhook: { ...opinion, warnings: [] }, crd: opinion };
}

type Request = { name: unknown; manifest: string } | { name: unknown; flaw: string };

function parse(line: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { name: null, flaw: "the line is not JSON" };
  }
  if (typeof value !== "object" || value === null)
    return { name: null, flaw: "the line is not a JSON object" };
  const { name = null, manifest } = value as { name?: unknown; manifest?: unknown };
  return typeof manifest === "string" ? { name, manifest } : { name, flaw: "`manifest` must be a string" };
}
