/** The annotations in which `buildMetadata` has kustomize say where resources come from: api `resource/origin.go`. */

import { metadataEntries, type Resource, withMetadataText } from "./resource.ts";
import { textOf } from "./spelling.ts";
import { computed, emptyMapping, field, fieldAt, type Traced, withField, withoutField } from "./traced.ts";

export const originAnnotation = "config.kubernetes.io/origin";
export const transformationsAnnotation = "alpha.config.kubernetes.io/transformations";

/** What made or changed a resource, as the annotations say it. */
export interface Provenance {
  /** The file of the configuration, from the directory that is built. */
  readonly configuredIn: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Notes the file that a resource was read from. */
export function fromFile(resource: Resource, path: string, at: Traced): Resource {
  return { ...resource, body: withAnnotation(resource.body, originAnnotation, `path: ${path}\n`, at) };
}

/** Notes what generated a resource, unless it is known already. */
export function generatedBy(resource: Resource, by: Provenance, at: Traced): Resource {
  return annotation(resource, originAnnotation) === ""
    ? annotated(resource, originAnnotation, text(by), at)
    : resource;
}

/** Notes a transformation that looked at a resource. */
export function transformedBy(resource: Resource, by: Provenance, at: Traced): Resource {
  if (annotation(resource, originAnnotation) === "")
    return annotated(resource, originAnnotation, text(by), at);
  const item = text(by)
    .replace(/^(?=.)/gm, "  ")
    .replace(/^ {2}/, "- ");
  return annotated(
    resource,
    transformationsAnnotation,
    annotation(resource, transformationsAnnotation) + item,
    at,
  );
}

/** Removes the notes that nobody asked to see. */
export function withoutNotes(resource: Resource, options: readonly string[]): Resource {
  const unwanted = [
    ...(options.includes("originAnnotations") ? [] : [originAnnotation]),
    ...(options.includes("transformerAnnotations") ? [] : [transformationsAnnotation]),
  ];
  const metadata = field(resource.body, "metadata");
  const annotations = metadata && field(metadata, "annotations");
  if (metadata === undefined || annotations === undefined) return resource;
  const kept = unwanted.reduce((entries, name) => withoutField(entries, name), annotations);
  return {
    ...resource,
    body: withField(resource.body, "metadata", withField(metadata, "annotations", kept)),
  };
}

/** A path as it is written from a directory. */
export function relativePath(directory: string, path: string): string {
  const from = directory === "" ? [] : directory.split("/");
  const to = path.split("/");
  const shared = from.findIndex((part, index) => part !== to[index]);
  const common = shared < 0 ? from.length : shared;
  return [...from.slice(common).map(() => ".."), ...to.slice(common)].join("/");
}

function text({ configuredIn, apiVersion, kind, name, namespace }: Provenance): string {
  const by = Object.entries({ apiVersion, kind, name, namespace }).filter(([, value]) => value);
  return `configuredIn: ${configuredIn}\nconfiguredBy:\n${by.map(([key, value]) => `  ${key}: ${value}\n`).join("")}`;
}

function annotation(resource: Resource, name: string): string {
  return textOf(fieldAt(resource.body, "metadata", "annotations", name));
}

/** Whatever kustomize notes later has it write all annotations anew, as texts. */
function annotated(resource: Resource, name: string, value: string, at: Traced): Resource {
  const body = withAnnotation(resource.body, name, value, at);
  return {
    ...resource,
    body: withMetadataText(body, "annotations", metadataEntries(body, "annotations")),
  };
}

function withAnnotation(body: Traced, name: string, value: string, at: Traced): Traced {
  const metadata = field(body, "metadata") ?? emptyMapping(at);
  const annotations = field(metadata, "annotations") ?? emptyMapping(at);
  const noted = withField(metadata, "annotations", withField(annotations, name, computed(value, at)));
  return withField(body, "metadata", noted);
}
