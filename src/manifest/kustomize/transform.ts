/** What a kustomization does to what it gathered, in kustomize's order (api `internal/target/kusttarget_configplugin.go`). */

import { decode } from "./decode.ts";
import type { TransformerConfig } from "./default-config.ts";
import { changeFields, type FieldSpec, mergedSpecs, setEntry } from "./field-spec.ts";
import { byCodePoint } from "./hash.ts";
import { changeImage, changeReplicas } from "./images.ts";
import { type Kustomization, type ReplacementFields, replacementFields } from "./kustomization.ts";
import { affix, moveToNamespace } from "./names.ts";
import { refuse } from "./not-buildable.ts";
import type { PatchContext } from "./patch-text.ts";
import { applyJsonEntry, applyPatch, applyStrategicEntry } from "./patches.ts";
import { type Replacement, replace } from "./replacements.ts";
import { type Resource, withBody } from "./resource.ts";
import { shareable } from "./sharing.ts";
import { asText } from "./spelling.ts";
import { computed, field, items, type Traced, written } from "./traced.ts";

/** One transformation, and where the kustomization asks for it. */
export interface Step {
  /** As kustomize calls it in the annotations that `buildMetadata` asks for. */
  readonly name: string;
  readonly at: Traced;
  apply(resources: readonly Resource[], context: PatchContext): readonly Resource[];
}

/** The built-in transformations of a kustomization. */
export function stepsOf(kustomization: Kustomization, config: TransformerConfig): Step[] {
  return [
    ...strategicSteps(kustomization),
    ...kustomization.patches.map((patch) => ({
      name: "PatchTransformer",
      at: patch.at,
      apply: (resources: readonly Resource[], context: PatchContext) => applyPatch(resources, patch, context),
    })),
    ...nameSteps(kustomization, config),
    ...labelSteps(kustomization, config),
    ...annotationSteps(kustomization, config),
    ...kustomization.patchesJson6902.map((patch) => ({
      name: "PatchJson6902Transformer",
      at: patch.at,
      apply: (resources: readonly Resource[], context: PatchContext) =>
        applyJsonEntry(resources, patch, context),
    })),
    ...workloadSteps(kustomization, config),
    ...replacementSteps(kustomization),
  ];
}

function strategicSteps({ patchesStrategicMerge: entries, placeOf }: Kustomization): Step[] {
  if (entries.length === 0) return [];
  const at = placeOf("patchesStrategicMerge");
  return [
    {
      name: "PatchStrategicMergeTransformer",
      at,
      apply: (resources, context) =>
        entries.reduce<readonly Resource[]>((patched, entry) => {
          if (typeof entry?.value !== "string")
            refuse("an entry of patchesStrategicMerge is not a string", entry ?? at);
          return applyStrategicEntry(patched, entry, context);
        }, resources),
    },
  ];
}

function nameSteps(
  { namespace, namePrefix, nameSuffix, placeOf }: Kustomization,
  config: TransformerConfig,
): Step[] {
  const steps: Step[] = [];
  if (namespace !== "") {
    const at = placeOf("namespace");
    const change = {
      namespace: at,
      specs: config.namespace,
      unsetOnly: false,
      subjects: "defaultOnly",
    } as const;
    steps.push({
      name: "NamespaceTransformer",
      at,
      apply: (resources) => moveToNamespace(resources, change),
    });
  }
  if (namePrefix !== "") {
    const at = placeOf("namePrefix");
    steps.push({
      name: "PrefixTransformer",
      at,
      apply: (all) => affix(all, "prefixes", at, config.namePrefix),
    });
  }
  if (nameSuffix !== "") {
    const at = placeOf("nameSuffix");
    steps.push({
      name: "SuffixTransformer",
      at,
      apply: (all) => affix(all, "suffixes", at, config.nameSuffix),
    });
  }
  return steps;
}

function labelSteps(kustomization: Kustomization, config: TransformerConfig): Step[] {
  const { labels, placeOf } = kustomization;
  const own = labels.map((label): Step => {
    let specs = mergedSpecs(label.fields, config.labels, label.at);
    if (label.includeSelectors) specs = mergedSpecs(specs, config.commonLabels, label.at);
    else {
      if (label.includeTemplates) specs = mergedSpecs(specs, config.templateLabels, label.at);
      specs = mergedSpecs(specs, [{ path: "metadata/labels", create: true }], label.at);
    }
    return entriesStep("LabelTransformer", label.placeOf("pairs"), specs);
  });
  // Kustomize runs the transformer for the common labels whenever there are labels at all.
  if (own.length === 0 && Object.keys(kustomization.commonLabels).length === 0) return [];
  return [
    ...own,
    entriesStep("LabelTransformer", placeOf("commonLabels"), config.commonLabels, kustomization.commonLabels),
  ];
}

function annotationSteps({ commonAnnotations, placeOf }: Kustomization, config: TransformerConfig): Step[] {
  if (Object.keys(commonAnnotations).length === 0) return [];
  return [entriesStep("AnnotationsTransformer", placeOf("commonAnnotations"), config.commonAnnotations)];
}

/** Writes every entry of a mapping of texts into the mappings that the specs name. */
export function entriesStep(
  name: string,
  at: Traced,
  specs: readonly FieldSpec[],
  entries: Readonly<Record<string, unknown>> = (at.value ?? {}) as Record<string, unknown>,
): Step {
  const keys = Object.keys(entries).sort(byCodePoint);
  return {
    name,
    at,
    apply: (resources) =>
      resources.map((resource) => {
        const body = keys.reduce((changed, key) => {
          const value = shareable(asText(field(at, key) ?? computed(String(entries[key]), at)));
          return changeFields(changed, specs, { create: "mapping", at, set: setEntry(key, value) });
        }, resource.body);
        return withBody(resource, body);
      }),
  };
}

function workloadSteps({ replicas, images, imageTags }: Kustomization, config: TransformerConfig): Step[] {
  return [
    ...replicas.map((replica) => {
      const count = replica.states("count") ? replica.placeOf("count") : computed(0, replica.at);
      return {
        name: "ReplicaCountTransformer",
        at: replica.at,
        apply: (resources: readonly Resource[], { incomplete }: PatchContext) =>
          changeReplicas(resources, replica.name, count, config.replicas, incomplete),
      };
    }),
    ...[...images, ...imageTags].map((image) => ({
      name: "ImageTagTransformer",
      at: image.at,
      apply: (resources: readonly Resource[]) => changeImage(resources, image, image.at, config.images),
    })),
  ];
}

function replacementSteps({ replacements, placeOf }: Kustomization): Step[] {
  if (replacements.length === 0) return [];
  return [
    {
      name: "ReplacementTransformer",
      at: placeOf("replacements"),
      apply: (resources, context) =>
        replacements
          .flatMap((entry) => replacementsOf(entry, context))
          .reduce<readonly Resource[]>((all, one) => replace(all, one, context), resources),
    },
  ];
}

type ReplacementEntry = Kustomization["replacements"][number];

function replacementsOf(entry: ReplacementEntry, { library, locate }: PatchContext): Replacement[] {
  if (entry.path === "") return [asReplacement(entry)];
  if (entry.states("source") || entry.states("targets"))
    refuse("a replacement is either written out or a path", entry.at);
  const document = library.settings(locate(entry.path, entry.placeOf("path")));
  if (document === undefined) refuse("the file of replacements is empty", entry.placeOf("path"));
  const root = written(document, document.value);
  const list = Array.isArray(root.value) ? items(root) : [root];
  return list.map((item) => asReplacement(decode(item, { fields: replacementFields }, "a replacement")));
}

export function asReplacement(entry: ReplacementFields): Replacement {
  const { source } = entry;
  return {
    at: entry.at,
    source: entry.states("source")
      ? { ...source, options: source.states("options") ? source.options : null }
      : null,
    targets: entry.states("targets")
      ? entry.targets.map((target) => ({
          select: target.states("select") ? target.select : null,
          reject: target.reject,
          fieldPaths: target.fieldPaths,
          options: target.states("options") ? target.options : null,
        }))
      : null,
  };
}
