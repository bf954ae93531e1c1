import { posix } from "node:path";
import { parseArgs } from "node:util";
import { readRepository } from "../manifest/kustomize/repository.ts";
import { type Command, UsageError } from "./command.ts";
import { readNamedFiles, textsOf, withKustomized } from "./manifest-files.ts";
import { renderedPaths } from "./render/rendered.ts";
import { renderFormats } from "./render/report.ts";

export const render: Command = {
  name: "render",
  summary: "the objects that kustomizations build, and the line that each value comes from",
  usage: [
    "sluice render PATH… [--format pretty|yaml|json]",
    "",
    "PATH is a kustomization's folder; or any other folder: what every kustomization below it builds, as the Argo CD",
    "and Flux objects there deploy it, and plain manifests as they stand; or a file.",
    "pretty is YAML with a comment wherever another line decides; yaml is what `kubectl kustomize` prints.",
    "Exit codes: 0 done, 2 something could not be built, 64 usage.",
  ].join("\n"),
  async run(args, terminal) {
    const { paths, format } = parse(args);
    const named = await readNamedFiles(terminal.folder, paths);
    const files = withKustomized(terminal.folder, named);
    const unread = new Set(files.flatMap(({ path, text }) => (text === null ? [path] : [])));
    const repository = readRepository(textsOf(files), { unread, only: isManifest });
    const rendered = renderedPaths(
      repository,
      paths.map((path) => posix.normalize(path)),
      new Set(named.map(({ path }) => path)),
    );
    terminal.out(renderFormats[format](rendered));
    for (const { range, reason } of rendered.missing)
      terminal.error(`${range.file}:${range.line}: could not be built: ${reason}\n`);
    for (const { range, reason } of rendered.notes)
      terminal.error(`${range.file}:${range.line}: ${reason}\n`);
    return rendered.missing.length > 0 ? 2 : 0;
  },
};

function isManifest(text: string): boolean {
  return /\bapiVersion\b/.test(text) && /\bkind\b/.test(text);
}

function parse(args: readonly string[]) {
  const { values, positionals } = read(args);
  if (positionals.length === 0) throw new UsageError("name a folder or a file");
  const formats = Object.keys(renderFormats) as (keyof typeof renderFormats)[];
  const format = formats.find((known) => known === values.format);
  if (format === undefined) throw new UsageError(`--format is one of ${formats.join(", ")}`);
  return { paths: positionals, format };
}

function read(args: readonly string[]) {
  try {
    const options = { format: { type: "string", default: "pretty" } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
