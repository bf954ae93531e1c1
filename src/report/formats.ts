import type { Evaluation } from "../evaluation.ts";
import { githubCommands } from "./github-commands.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { prettyReport } from "./pretty.ts";
import { sarifReport } from "./sarif.ts";

/** What a format may need beside the evaluation: the text of a file at head, and whether colours are welcome. */
export interface Surroundings {
  source(path: string): string | undefined;
  readonly colours: boolean;
}

/** The formats of `sluice check`: interchangeable renderings of one evaluation. */
export const formats: Readonly<
  Record<string, (evaluation: Evaluation, surroundings: Surroundings) => string>
> = {
  pretty: prettyReport,
  json: jsonReport,
  markdown: markdownReport,
  sarif: sarifReport,
  github: githubCommands,
  junit: junitReport,
};
