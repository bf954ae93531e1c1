/** Entries of `transformers` and `generators`: kustomize's own, configured by a manifest. Anything else is a program. */
import { type Decoded, decode, type Placed, type Shape } from "./decode.ts";
import { mergedSpecs } from "./field-spec.ts";
import { type Generator, generate } from "./generators.ts";
import { changeImage, changeReplicas } from "./images.ts";
import {
  type FieldSpecs,
  fieldSpecs,
  generatorFields,
  imageShape,
  patchShape,
  replacementFields,
  replicaShape,
} from "./kustomization.ts";
import { affix, moveToNamespace, type SubjectMode } from "./names.ts";
import { refuse } from "./not-buildable.ts";
import { applyJsonEntry, applyPatch, applyStrategicEntry } from "./patches.ts";
import { replace } from "./replacements.ts";
import { apiVersionOf, kindOf, type Resource } from "./resource.ts";
import { computed, field, type Traced } from "./traced.ts";
import { asReplacement, entriesStep, type Step } from "./transform.ts";

/** The transformation that a manifest configures. Ends the build where it is a program. */
export function pluginStep(plugin: Resource): Step {
  const { body } = plugin;
  const make = isBuiltIn(plugin) ? transformers[kindOf(plugin)] : undefined;
  if (make === undefined) {
    refuse(`${kindOf(plugin)} is a program or a plugin, which is not run`, field(body, "kind") ?? body);
  }
  return { at: body, name: kindOf(plugin), apply: make(body) };
}

/** The object that a manifest in `generators` describes; null where it takes a program to make it. */
export function pluginGenerator(
  plugin: Resource,
  load: (path: string, at: Traced) => string,
): Resource | null {
  const kind = kindOf(plugin);
  if (!isBuiltIn(plugin) || (kind !== "ConfigMapGenerator" && kind !== "SecretGenerator")) return null;
  const { metadata, ...entry } = read(plugin.body, { ...generatorFields, type: "string" });
  const named = {
    ...entry,
    name: entry.name || metadata.name,
    namespace: entry.namespace || metadata.namespace,
  };
  return generate(
    generatorOf(kind === "SecretGenerator" ? "Secret" : "ConfigMap", named, entry.type, null),
    load,
  );
}

type GeneratorEntry = Decoded<{ fields: typeof generatorFields }>;

/** An entry of `configMapGenerator` or `secretGenerator`; what the kustomization says of all generators goes before. */
export function generatorOf(
  kind: Generator["kind"],
  entry: GeneratorEntry,
  type: string,
  general: GeneratorEntry["options"] | null,
): Generator {
  const { options, envs, env } = entry;
  return {
    ...entry,
    kind,
    type,
    envs: env === "" ? envs : [...envs, env],
    options: {
      labels: { ...general?.labels, ...options.labels },
      annotations: { ...general?.annotations, ...options.annotations },
      disableNameSuffixHash: (general?.disableNameSuffixHash ?? false) || options.disableNameSuffixHash,
      immutable: (general?.immutable ?? false) || options.immutable,
    },
  };
}

function isBuiltIn(plugin: Resource): boolean {
  return apiVersionOf(plugin) === "builtin";
}

type Apply = Step["apply"];

/** What every plugin states of itself. */
const header = {
  apiVersion: "string",
  kind: "string",
  metadata: { fields: { name: "string", namespace: "string", labels: "texts", annotations: "texts" } },
} as const;

const read = <const F extends Readonly<Record<string, Shape>>>(
  body: Traced,
  fields: F,
): Decoded<{ fields: F & typeof header }> =>
  decode(body, { fields: { ...header, ...fields } }, "the plugin", "ignored") as Decoded<{
    fields: F & typeof header;
  }>;

const transformers: Readonly<Record<string, (body: Traced) => Apply>> = {
  NamespaceTransformer(body) {
    const {
      metadata,
      fieldSpecs: specs,
      ...plugin
    } = read(body, { fieldSpecs, unsetOnly: "boolean", setRoleBindingSubjects: "string" });
    const subjects = (plugin.setRoleBindingSubjects || "defaultOnly") as SubjectMode;
    if (!["defaultOnly", "allServiceAccounts", "none"].includes(subjects)) {
      refuse(`${subjects} says of no subjects of role bindings`, plugin.placeOf("setRoleBindingSubjects"));
    }
    const change = { namespace: metadata.placeOf("namespace"), specs, unsetOnly: plugin.unsetOnly, subjects };
    return (resources) => (metadata.namespace === "" ? resources : moveToNamespace(resources, change));
  },
  PrefixTransformer: (body) => affixing(read(body, { prefix: "string", fieldSpecs }), "prefix"),
  SuffixTransformer: (body) => affixing(read(body, { suffix: "string", fieldSpecs }), "suffix"),
  PrefixSuffixTransformer(body) {
    const plugin = read(body, { prefix: "string", suffix: "string", fieldSpecs });
    return (resources, context) =>
      affixing(plugin, "suffix")(affixing(plugin, "prefix")(resources, context), context);
  },
  LabelTransformer(body) {
    const { fieldSpecs: specs, placeOf } = read(body, { labels: "texts", fieldSpecs });
    return entriesStep("LabelTransformer", placeOf("labels"), mergedSpecs([], specs, body)).apply;
  },
  AnnotationsTransformer(body) {
    const { fieldSpecs: specs, placeOf } = read(body, { annotations: "texts", fieldSpecs });
    return entriesStep("AnnotationsTransformer", placeOf("annotations"), specs).apply;
  },
  ImageTagTransformer(body) {
    const { imageTag, fieldSpecs: specs } = read(body, { imageTag: imageShape, fieldSpecs });
    return (resources) => changeImage(resources, imageTag, imageTag.at, specs);
  },
  ReplicaCountTransformer(body) {
    const { replica, fieldSpecs: specs } = read(body, { replica: replicaShape, fieldSpecs });
    const count = replica.states("count") ? replica.placeOf("count") : computed(0, replica.at);
    return (resources, { incomplete }) => changeReplicas(resources, replica.name, count, specs, incomplete);
  },
  PatchTransformer(body) {
    const patch = read(body, patchShape.fields);
    return (resources, context) => applyPatch(resources, patch, context);
  },
  PatchJson6902Transformer(body) {
    const plugin = read(body, { target: patchShape.fields.target, path: "string", jsonOp: "string" });
    const patch = {
      ...plugin,
      patch: plugin.jsonOp,
      options: {},
      placeOf: (name: string) => plugin.placeOf(name === "patch" ? "jsonOp" : name),
    };
    return (resources, context) => applyJsonEntry(resources, patch, context);
  },
  PatchStrategicMergeTransformer(body) {
    const { paths, patches, placeOf } = read(body, { paths: { listOf: "anything" }, patches: "string" });
    const entries = [...paths, patches === "" ? null : placeOf("patches")].filter((entry) => entry !== null);
    return (resources, context) =>
      entries.reduce<readonly Resource[]>(
        (all, entry) => applyStrategicEntry(all, entry, context),
        resources,
      );
  },
  ReplacementTransformer(body) {
    const { replacements } = read(body, { replacements: { listOf: { fields: replacementFields } } });
    return (resources, context) =>
      replacements
        .map(asReplacement)
        .reduce<readonly Resource[]>((all, one) => replace(all, one, context), resources);
  },
};

function affixing(plugin: Placed & { readonly fieldSpecs: FieldSpecs }, which: "prefix" | "suffix"): Apply {
  const text = plugin.placeOf(which);
  const isStated = plugin.states(which) && text.value !== "";
  return (resources) =>
    isStated
      ? affix(resources, which === "prefix" ? "prefixes" : "suffixes", text, plugin.fieldSpecs)
      : resources;
}
