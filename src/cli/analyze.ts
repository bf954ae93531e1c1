import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { readRepository } from "../manifest/kustomize/repository.ts";
import type { ManifestFile } from "../manifest/source.ts";
import { type AnalysisResult, analyzeManifests } from "./analyze/findings.ts";
import { mayMatter } from "./analyze/relevant.ts";
import { jsonAnalysis, prettyAnalysis } from "./analyze/report.ts";
import { type Command, UsageError } from "./command.ts";
import { type NamedFile, readNamedFiles, textsOf, withKustomized } from "./manifest-files.ts";

const formats = ["pretty", "json"] as const;

export const analyze: Command = {
  name: "analyze",
  summary: "mistakes in one state of a mesh, cross references included",
  usage: [
    "sluice analyze PATH… [--mesh-config FILE] [--all] [--format pretty|json]",
    "",
    "PATH is a manifest file or a folder of them, taken for all there is. The mesh configuration is Istio's",
    "default unless --mesh-config, or a PATH, holds another: MeshConfig, IstioOperator, or the ConfigMap istio.",
    "--all also shows what depends on objects that PATH does not show; JSON always does, as `certainty`.",
    "The annotation galley.istio.io/analyze-suppress: CODE,CODE silences Istio's codes for an object.",
    "Exit codes: 0 no certain error, 1 one at least, 2 could not evaluate, 64 usage.",
  ].join("\n"),
  async run(args, terminal) {
    const { paths, meshConfig, all, format } = parse(args);
    compileLess();
    const files = read(withKustomized(terminal.folder, await readNamedFiles(terminal.folder, paths)));
    const config = read(await readNamedFiles(terminal.folder, meshConfig));
    const result = analyzeManifests(files, config, Date.now());
    const exit = exitCode(result);
    terminal.out(
      format === "json" ? jsonAnalysis(result) : prettyAnalysis(result, { all, colours: terminal.colours }),
    );
    return exit;
  },
};

/**
 * Each rule looks at an object once, so the work is done before much of what V8 compiles in the background has paid for
 * itself: a third of the CPU time goes there, with ten thousand manifests too. An engine that knows no such flag says so and goes on.
 */
function compileLess(): void {
  setFlagsFromString("--no-opt");
  setFlagsFromString("--invocation-count-for-maglev=2000");
}

/** Somebody's own files may be larger than what strangers may have evaluated. */
const limits = { fileLength: 64 << 20, documentLength: 16 << 20 };

function read(files: readonly NamedFile[]): ManifestFile[] {
  const notText = files.filter(({ text }) => text === null).map(({ path }) => path);
  const options = { readLimits: limits, only: mayMatter, unread: new Set(notText) };
  const { files: found, inputs } = readRepository(textsOf(files), options);
  return [...found, ...notText.filter((path) => !inputs.has(path)).map(withoutText)];
}

function withoutText(path: string): ManifestFile {
  const range = { file: path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const problem = { code: "not-text", message: "the file is not UTF-8 text", range };
  return { path, documents: [], problems: [problem] };
}

function exitCode({ mistakes, unread }: AnalysisResult): number {
  if (unread.length > 0) return 2;
  return mistakes.some(({ severity, certainty }) => severity === "error" && certainty === "certain") ? 1 : 0;
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseValues(args);
  const format = formats.find((known) => known === values.format);
  if (format === undefined) throw new UsageError(`--format is one of ${formats.join(", ")}`);
  if (positionals.length === 0) throw new UsageError("name a file or a folder");
  return { paths: positionals, meshConfig: values["mesh-config"], all: values.all, format };
}

function parseValues(args: readonly string[]) {
  const options = {
    all: { type: "boolean", default: false },
    format: { type: "string", default: "pretty" },
    "mesh-config": { type: "string", multiple: true, default: [] as string[] },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
