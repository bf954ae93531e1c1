import { parseArgs } from "node:util";
import { type Command, UsageError } from "./command.ts";
import { type JudgedFile, judgeManifests } from "./judge-manifests.ts";
import { readNamedFiles } from "./manifest-files.ts";
import { answerBatch } from "./validate-batch.ts";
import { jsonValidity, prettyValidity } from "./validate-report.ts";

const formats = ["pretty", "json"] as const;

export const validate: Command = {
  name: "validate",
  summary: "would Kubernetes and Istio take these manifests?",
  usage: [
    "sluice validate PATH… [--format pretty|json]",
    "sluice validate --batch",
    "",
    "PATH is a manifest file or a folder of them. Objects other than Istio's are passed over.",
    'With --batch, standard input holds JSON lines {"name","manifest"}; each is answered by a line.',
    "Exit codes: 0 all accepted, 1 something is not, 2 could not evaluate, 64 usage.",
  ].join("\n"),
  async run(args, terminal) {
    const { paths, batch, format } = parse(args);
    if (batch) {
      terminal.out(answerBatch(await terminal.input()));
      return 0;
    }
    const files = await readNamedFiles(terminal.folder, paths);
    const judged = files.map(({ path, text }) => (text === null ? binary(path) : judgeManifests(path, text)));
    const exit = exitCode(judged);
    const texts = new Map(files.map(({ path, text }) => [path, text ?? ""]));
    terminal.out(
      format === "json" ? jsonValidity(judged, exit) : prettyValidity(judged, texts, terminal.colours),
    );
    return exit;
  },
};

function binary(path: string): JudgedFile {
  const range = { file: path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const unreadable = [{ code: "not-text", message: "the file is not UTF-8 text", range }];
  return { path, objects: [], unreadable };
}

function exitCode(files: readonly JudgedFile[]): number {
  if (files.some(({ unreadable }) => unreadable.length > 0)) return 2;
  return files.some(({ objects }) => objects.some(({ accepted }) => !accepted)) ? 1 : 0;
}

function parse(args: readonly string[]) {
  const { values, positionals } = read(args);
  const format = formats.find((known) => known === values.format);
  if (format === undefined) throw new UsageError(`--format is one of ${formats.join(", ")}`);
  if (values.batch && positionals.length > 0)
    throw new UsageError("--batch reads standard input and takes no PATH");
  if (!values.batch && positionals.length === 0) throw new UsageError("name a file or a folder");
  return { paths: positionals, batch: values.batch, format };
}

function read(args: readonly string[]) {
  const options = {
    batch: { type: "boolean", default: false },
    format: { type: "string", default: "pretty" },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
