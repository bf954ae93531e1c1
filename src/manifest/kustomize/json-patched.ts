/** Resources behind a JSON patch, which writes an object as JSON and reads it again: api `filters/patchjson6902/patchjson6902.go`. */
import { isObject } from "../json.ts";
import { applyJsonPatch, throughFloats } from "./json-patch.ts";
import { refuse } from "./not-buildable.ts";
import { type Resource, withMetadataText } from "./resource.ts";
import { reread } from "./sharing.ts";
import {
  computed,
  emptyMapping,
  field,
  fieldAt,
  fields,
  type Traced,
  withField,
  withoutField,
} from "./traced.ts";

const internal = "internal.config.kubernetes.io/previousNames";

/**
 * The body of a resource with a JSON patch applied. While the operations run, the annotations in which kustomize remembers
 * names are there to be added to.
 */
export function jsonPatched({ body, formerly }: Resource, operations: Traced): Traced {
  const marked = reread(formerly.length === 0 ? body : withMark(body));
  const result = applyJsonPatch(marked, operations);
  if (!isObject(result.value)) refuse("the patch leaves no object", operations);
  return throughFloats(withLabelsRead(withAnnotationsWritten(result)));
}

/** Annotations are written anew at once, as texts. */
function withAnnotationsWritten(body: Traced): Traced {
  const annotations = fieldAt(body, "metadata", "annotations");
  if (annotations === undefined) return body;
  return withMetadataText(body, "annotations", fields(respelled(withoutField(annotations, internal))));
}

function withLabelsRead(body: Traced): Traced {
  const metadata = field(body, "metadata");
  const labels = metadata && field(metadata, "labels");
  if (labels === undefined) return body;
  return withField(body, "metadata", withField(metadata!, "labels", respelled(labels)));
}

/** Labels and annotations count as text, so it matters how they are spelled. */
function respelled(entries: Traced): Traced {
  return fields(entries).reduce((all, [key, { value, origin }]) => {
    if ("frame" in origin) return all;
    return withField(all, key, { value, origin: { ...origin, computed: false, respelled: true } });
  }, entries);
}

function withMark(body: Traced): Traced {
  const metadata = field(body, "metadata") ?? emptyMapping(body);
  const annotations = field(metadata, "annotations");
  const marked = withField(annotations ?? emptyMapping(metadata), internal, computed("", metadata));
  return withField(body, "metadata", withField(metadata, "annotations", marked));
}
