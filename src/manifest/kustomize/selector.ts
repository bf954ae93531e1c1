/** Which resources a patch or a replacement is meant for: api `types/selector.go`, `resmap/reswrangler.go` Select. */
import { RE2JS } from "re2js";
import { effectiveNamespace, type KindSelector } from "./identity.ts";
import { type LabelSelector, parseLabelSelector } from "./label-selector.ts";
import { refuse } from "./not-buildable.ts";
import { identityOf, metadataText, originalIdentity, type Resource } from "./resource.ts";
import type { Traced } from "./traced.ts";

export interface Selector extends KindSelector {
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/** Whether a resource is selected. Every part of a selector is a regular expression for the whole of what it looks at. */
export function compileSelector(selector: Selector, at: Traced): (resource: Resource) => boolean {
  const [group, version, kind, name, namespace] = [
    selector.group,
    selector.version,
    selector.kind,
    selector.name,
    selector.namespace,
  ].map((pattern) => wholeMatch(pattern ?? "", at)) as [Match, Match, Match, Match, Match];
  const marked = metadataSelector(selector, at);
  return (resource) => {
    const now = identityOf(resource);
    const original = originalIdentity(resource);
    return (
      (namespace(effectiveNamespace(original)) || namespace(effectiveNamespace(now))) &&
      (name(original.name) || name(now.name)) &&
      group(now.group) &&
      version(now.version) &&
      kind(now.kind) &&
      marked(resource)
    );
  };
}

/** Whether the labels and annotations of a resource are selected. */
export function metadataSelector(selector: Selector, at: Traced): (resource: Resource) => boolean {
  const labels = expression(selector.labelSelector, at);
  const annotations = expression(selector.annotationSelector, at);
  if (labels === null && annotations === null) return () => true;
  return (resource) =>
    (labels?.(metadataText(resource, "labels")) ?? true) &&
    (annotations?.(metadataText(resource, "annotations")) ?? true);
}

function expression(text: string | undefined, at: Traced): LabelSelector | null {
  if (text === undefined || text === "") return null;
  return parseLabelSelector(text) ?? refuse(`${text} is no label selector`, at);
}

type Match = (text: string) => boolean;

function wholeMatch(pattern: string, at: Traced): Match {
  if (pattern === "") return () => true;
  if (/^[\w-]+$/.test(pattern)) return (text) => text === pattern;
  return regexMatch(`^(?:${pattern})$`, at);
}

/** Whether a text holds a match of an expression, as Go reads it (RE2). */
export function regexMatch(pattern: string, at: Traced): Match {
  if (pattern.length > longestPattern)
    refuse(`a regular expression is longer than ${longestPattern} characters`, at);
  try {
    const expression = RE2JS.compile(pattern);
    return (text) => expression.matcher(text).find();
  } catch (error) {
    refuse(`${pattern} is no regular expression: ${(error as Error).message}`, at);
  }
}

const longestPattern = 1_024;
