import type { NotRendered } from "../source.ts";
import type { Build, Role } from "./accumulate.ts";
import { type Accumulation, appended, nothingYet, withVariables } from "./accumulation.ts";
import { configured } from "./config.ts";
import { absorb, type Generator, generate } from "./generators.ts";
import { readInline } from "./inline.ts";
import { type Entry, entriesOf, type Kustomization } from "./kustomization.ts";
import { readResources } from "./library.ts";
import { NotBuildable, refuse } from "./not-buildable.ts";
import type { PatchContext } from "./patch-text.ts";
import { demandPath, directoryOf, isRemote, isWithin, joined, nothingAt } from "./paths.ts";
import { generatorOf, pluginGenerator, pluginStep } from "./plugins.ts";
import { fromFile, generatedBy, type Provenance, relativePath, transformedBy } from "./provenance.ts";
import { apiVersionOf, kindOf, nameOf, namespaceOf, type Resource, resourceOf } from "./resource.ts";
import { placeOf, type Traced } from "./traced.ts";
import { type Step, stepsOf } from "./transform.ts";
import { markSources, variableOf } from "./variables.ts";

/** Where a kustomization stands, and how it includes others. */
export interface TargetPlace {
  readonly directory: string;
  readonly file: string;
  readonly kustomization: Kustomization;
  readonly include: (path: string, at: Traced, as: Role, sum: Accumulation) => Accumulation;
}

/** What stands in a file that was read as text and is none. */
const notText = /[\0\uFFFD]/;

/** One kustomization being gathered. */
export class Target {
  readonly #build: Build;
  readonly #place: TargetPlace;
  readonly #holes: NotRendered[] = [];
  readonly #notes: NotRendered[] = [];

  constructor(build: Build, place: TargetPlace) {
    this.#build = build;
    this.#place = place;
  }

  /** Resources, generators, components, transformations: in kustomize's order. `inherited` is what a component adds to. */
  accumulate(inherited: Accumulation): Accumulation {
    const { kustomization } = this.#place;
    this.#findHoles();
    let sum = entriesOf(kustomization, "resources", "bases").reduce(
      (gathered, entry) => this.#include(gathered, entry),
      inherited,
    );
    const settings = (path: string, at: Traced) => this.#build.library.settings(this.#file(path, at));
    sum = { ...sum, config: configured(sum.config, kustomization, settings) };
    sum = this.#generated(sum);
    for (const entry of entriesOf(kustomization, "components")) sum = this.#component(sum, entry);
    for (const step of this.#steps(sum)) sum = this.#stepped(sum, step);
    const variables = kustomization.vars.map(variableOf);
    return {
      ...sum,
      resources: markSources(sum.resources, variables),
      variables: withVariables(sum.variables, variables),
      holes: [...sum.holes, ...this.#holes],
      notes: [...sum.notes, ...this.#notes],
    };
  }

  /** Charts need a program that is not run here. What stands beside them is built all the same. */
  #findHoles(): void {
    const { helmCharts, helmChartInflationGenerator, placeOf: at } = this.#place.kustomization;
    for (const chart of [...helmCharts, ...helmChartInflationGenerator]) {
      this.#hole("a chart is inflated by Helm, which is not run", chart ?? at("helmCharts"));
    }
    for (const { at: validator } of entriesOf(this.#place.kustomization, "validators")) {
      this.#note("a validator is a program, which is not run", validator);
    }
  }

  #include(sum: Accumulation, { text, at }: Entry): Accumulation {
    if (isRemote(text) && !this.#build.library.texts.has(`${this.#place.directory}/${text}`)) {
      this.#hole(`${text} is in another repository`, at);
      return sum;
    }
    const path = demandPath(this.#place.directory, text, at);
    if (this.#isUnread(path)) {
      this.#hole(`${path} could not be read`, at);
      return sum;
    }
    if (!this.#exists(path)) return this.#place.include(path, at, "Kustomization", sum);
    this.#demandBelow(path, at);
    const resources = this.#build.library
      .resources(path)
      .map((document) => this.#noted(resourceOf(document), path, at));
    this.#build.budget.spend(sum.resources.length + resources.length, at);
    return { ...sum, resources: appended(sum.resources, appended([], resources, at), at) };
  }

  #noted(resource: Resource, path: string, at: Traced): Resource {
    return this.#build.annotates ? fromFile(resource, relativePath(this.#build.root, path), at) : resource;
  }

  #component(sum: Accumulation, { text, at }: Entry): Accumulation {
    if (isRemote(text)) refuse(`the component ${text} is in another repository`, at);
    return this.#place.include(demandPath(this.#place.directory, text, at), at, "Component", sum);
  }

  #generated(sum: Accumulation): Accumulation {
    const { configMapGenerator, secretGenerator, generatorOptions } = this.#place.kustomization;
    const load = (path: string, at: Traced) => this.#build.library.texts.get(this.#file(path, at)) ?? "";
    const own = [
      ...configMapGenerator.map((entry) => generatorOf("ConfigMap", entry, "", generatorOptions)),
      ...secretGenerator.map((entry) => generatorOf("Secret", entry, entry.type, generatorOptions)),
    ].flatMap((generator) => {
      const obstacle = this.#obstacleTo(generator);
      if (obstacle !== undefined) this.#hole(obstacle, generator.at);
      const by = this.#builtIn(`${generator.kind}Generator`);
      return obstacle === undefined ? [{ at: generator.at, made: generate(generator, load), by }] : [];
    });
    let resources = sum.resources;
    for (const { at, made, by } of [...own, ...this.#generatedByPlugins(load)]) {
      const noted = this.#build.annotates ? generatedBy(made, by, at) : made;
      resources = absorb(resources, noted, at);
    }
    return { ...sum, resources };
  }

  /** Why a file that a generator takes in cannot be had, though it may be there. */
  #obstacleTo({ files, envs }: Generator): string | undefined {
    const sources = [...files.map((source) => source.slice(source.indexOf("=") + 1)), ...envs];
    const remote = sources.find(isRemote);
    if (remote !== undefined) return `${remote} is not in this repository`;
    const unread = sources
      .map((path) => joined(this.#place.directory, path) ?? "")
      .find((path) => this.#isUnread(path) || notText.test(this.#build.library.texts.get(path) ?? ""));
    return unread && `${unread} could not be read as text`;
  }

  #generatedByPlugins(load: (path: string, at: Traced) => string) {
    return this.#manifests("generators").flatMap((plugin) => {
      const made = pluginGenerator(plugin, load);
      if (made === null)
        this.#hole(`${kindOf(plugin)} is a program or a plugin, which is not run`, plugin.body);
      return made === null ? [] : [{ at: plugin.body, made, by: this.#plugin(plugin) }];
    });
  }

  #steps(sum: Accumulation): { readonly step: Step; readonly by: Provenance }[] {
    return [
      ...stepsOf(this.#place.kustomization, sum.config).map((step) => ({
        step,
        by: this.#builtIn(step.name),
      })),
      ...this.#manifests("transformers").map((plugin) => ({
        step: pluginStep(plugin),
        by: this.#plugin(plugin),
      })),
    ];
  }

  #stepped(sum: Accumulation, { step, by }: { readonly step: Step; readonly by: Provenance }): Accumulation {
    this.#build.budget.spend(sum.resources.length, step.at);
    const resources = step.apply(sum.resources, this.#context(sum));
    if (!this.#build.annotates) return { ...sum, resources };
    return { ...sum, resources: resources.map((resource) => transformedBy(resource, by, step.at)) };
  }

  /** The manifests of plugins: those written out come first, then the files and kustomizations that are named. */
  #manifests(name: "generators" | "transformers"): readonly Resource[] {
    const inline: Resource[] = [];
    const named: Entry[] = [];
    for (const entry of entriesOf(this.#place.kustomization, name)) {
      const documents = this.#inline(entry);
      if (documents === null) named.push(entry);
      else inline.push(...documents);
    }
    const start: Accumulation = { ...nothingYet, resources: inline };
    return named.reduce((sum, entry) => this.#include(sum, entry), start).resources;
  }

  #inline({ text, at }: Entry): Resource[] | null {
    try {
      return readInline(at, text, this.#build.library, readResources).map(resourceOf);
    } catch (error) {
      if (!(error instanceof NotBuildable) || text.includes("\n")) throw error;
      return null;
    }
  }

  #builtIn(kind: string): Provenance {
    return { configuredIn: relativePath(this.#build.root, this.#place.file), apiVersion: "builtin", kind };
  }

  #plugin(plugin: Resource): Provenance {
    return {
      configuredIn: relativePath(this.#build.root, plugin.document.file),
      apiVersion: apiVersionOf(plugin),
      kind: kindOf(plugin),
      name: nameOf(plugin),
      namespace: namespaceOf(plugin),
    };
  }

  #context(sum: Accumulation): PatchContext {
    return {
      library: this.#build.library,
      locate: (path, at) => this.#file(path, at),
      merge: this.#build.merge,
      incomplete: sum.holes.length + this.#holes.length > 0,
      note: (note) => this.#notes.push(note),
      hole: (reason, at) => this.#hole(reason, at),
    };
  }

  /** Whether there is such a file and nobody can tell what it holds. */
  #isUnread(path: string): boolean {
    this.#build.reads.add(path);
    return this.#build.library.unread.has(path);
  }

  #exists(path: string): boolean {
    this.#build.reads.add(path);
    return this.#build.library.texts.has(path);
  }

  /** The path of a file that the kustomization names. Files have to stand in its directory or below. */
  #file(path: string, at: Traced): string {
    if (isRemote(path)) refuse(`${path} is not in this repository`, at);
    const full = demandPath(this.#place.directory, path, at);
    if (this.#isUnread(full)) refuse(`${full} could not be read`, at);
    if (!this.#exists(full)) refuse(nothingAt(full, "no file"), at);
    this.#demandBelow(full, at);
    return full;
  }

  #demandBelow(path: string, at: Traced): void {
    if (isWithin(directoryOf(path), this.#place.directory)) return;
    refuse(`${path} is outside of the directory of the kustomization, and kustomize reads no file there`, at);
  }

  #hole(reason: string, at: Traced): void {
    this.#holes.push({ reason, range: placeOf(at).range });
  }

  #note(reason: string, at: Traced): void {
    this.#notes.push({ reason, range: placeOf(at).range });
  }
}
