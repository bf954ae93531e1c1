import { Renderer } from "../../src/manifest/kustomize/render.ts";
import { yamlText } from "../../src/manifest/kustomize/yaml-text.ts";
import type { NotRendered } from "../../src/manifest/source.ts";

/** What Sluice makes of a kustomization, as kubectl would print it. */
export interface Outcome {
  /** Null where nothing can be built. */
  readonly text: string | null;
  /** Why nothing can be built, or what is missing of it: each with file and line. */
  readonly reasons: readonly string[];
}

export function built(texts: ReadonlyMap<string, string>, root: string): Outcome {
  const { documents, failure, holes } = new Renderer(texts).render(root);
  if (failure !== null) return { text: null, reasons: [reasonText(failure)] };
  return {
    text: documents.map(({ value }) => yamlText(value)).join("---\n"),
    reasons: holes.map(reasonText),
  };
}

function reasonText({ reason, range }: NotRendered): string {
  return `${range.file}:${range.line}: ${reason}`;
}
