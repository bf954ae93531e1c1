/** Generated ConfigMaps and Secrets: api `internal/generators`, `kv/kv.go`. */
import type { Json } from "../source.ts";
import { refuse } from "./not-buildable.ts";
import { demandPlainKey } from "./plain-keys.ts";
import { originAnnotation } from "./provenance.ts";
import {
  answersTo,
  type Behavior,
  identityOf,
  metadataEntries,
  type Resource,
  resourceOf,
  withMetadataText,
} from "./resource.ts";
import { textOf } from "./spelling.ts";
import {
  computed,
  documentOf,
  emptyMapping,
  field,
  fieldAt,
  fields,
  mappingOf,
  type Traced,
  withField,
  withoutField,
} from "./traced.ts";

export interface GeneratorOptions {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash: boolean;
  readonly immutable: boolean;
}
export interface Generator {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly namespace: string;
  readonly behavior: string;
  readonly type: string;
  readonly literals: readonly string[];
  readonly files: readonly string[];
  readonly envs: readonly string[];
  readonly options: GeneratorOptions;
  /** Where it is written. */
  readonly at: Traced;
}

/** Makes the object that a generator describes. `load` gives the text of a file, or ends the build. */
export function generate(generator: Generator, load: (path: string, at: Traced) => string): Resource {
  const { kind, name, namespace, options, at } = generator;
  if (name === "") refuse(`a generated ${kind} needs a name`, at);
  const text = (value: Json) => computed(value, at);
  const metadata = mappingOf(at, [
    ["name", text(name)],
    ...(namespace === "" ? [] : [["namespace", text(namespace)] as const]),
    ...["labels", "annotations"].flatMap((key) => {
      const entries = Object.entries(options[key as "labels" | "annotations"]);
      return entries.length === 0
        ? []
        : [
            [
              key,
              plainMapping(
                at,
                entries.map(([k, v]) => [k, text(v)] as const),
              ),
            ] as const,
          ];
    }),
  ]);
  const data = pairs(generator, load);
  const values = [...data].map(
    ([key, value]) => [key, text(kind === "Secret" ? base64(value) : value)] as const,
  );
  const body = mappingOf(at, [
    ["apiVersion", text("v1")],
    ["kind", text(kind)],
    ["metadata", metadata],
    ...(kind === "Secret" ? [["type", text(generator.type || "Opaque")] as const] : []),
    ...(kind === "Secret" || values.length > 0 ? [["data", plainMapping(at, values)] as const] : []),
    ...(options.immutable ? [["immutable", text(true)] as const] : []),
  ]);
  return {
    ...resourceOf(documentOf(at)),
    body,
    behavior: behaviorNamed(generator.behavior),
    needsHash: !options.disableNameSuffixHash,
  };
}

function plainMapping(at: Traced, entries: readonly (readonly [string, Traced])[]): Traced {
  for (const [key, value] of entries) demandPlainKey(key, value);
  return mappingOf(at, entries);
}

function behaviorNamed(behavior: string): Behavior {
  return behavior === "create" || behavior === "replace" || behavior === "merge" ? behavior : "unspecified";
}

function pairs(
  { kind, name, envs, literals, files, at }: Generator,
  load: (path: string, at: Traced) => string,
): Map<string, string> {
  const all = [
    ...envs.flatMap((path) => environmentPairs(load(path, at))),
    ...literals.map((literal) => literalPair(literal, at)),
    ...files.map((source) => {
      const [key, path] = fileSource(source, at);
      return [key, load(path, at)] as const;
    }),
  ];
  const data = new Map<string, string>();
  for (const [key, value] of all) {
    if (data.has(key)) refuse(`the generated ${kind} ${name} sets ${key} twice`, at);
    data.set(key, value);
  }
  return data;
}

function environmentPairs(text: string): [string, string][] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  return lines
    .map((line) => line.trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line): [string, string] => {
      const equals = line.indexOf("=");
      return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
    })
    .filter(([key]) => key !== "");
}

function literalPair(literal: string, at: Traced): readonly [string, string] {
  const equals = literal.indexOf("=");
  if (equals <= 0) refuse(`${literal} is not key=value`, at);
  const value = literal.slice(equals + 1);
  const quoted = value.length >= 2 && /^["']/.test(value) && value.at(-1) === value[0];
  return [literal.slice(0, equals), quoted ? value.slice(1, -1) : value];
}

function fileSource(source: string, at: Traced): readonly [string, string] {
  const parts = source.split("=");
  if (parts.length === 1) return [source.slice(source.lastIndexOf("/") + 1), source];
  const [key = "", path = ""] = parts;
  if (parts.length > 2 || key === "" || path === "") refuse(`${source} is not a path, nor key=path`, at);
  return [key, path];
}

/** Kustomize breaks base64 into lines of 70 characters once it is longer. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const encoded = btoa(binary);
  return encoded.length < 70 ? encoded : encoded.replace(/.{1,70}/g, "$&\n");
}

/** Adds a generated object to those there are; one of the same identity is replaced or merged where the generator says so. */
export function absorb(resources: readonly Resource[], generated: Resource, at: Traced): Resource[] {
  const identity = identityOf(generated);
  const matches = resources.filter((resource) => answersTo(resource, identity));
  const { behavior } = generated;
  const isChange = behavior === "merge" || behavior === "replace";
  const what = `${identity.kind} ${identity.name}`;
  if (matches.length > 1) refuse(`more than one ${what} could be changed`, at);
  const [old] = matches;
  if (old === undefined) {
    if (isChange) refuse(`there is no ${what} to ${behavior}`, at);
    return [...resources, generated];
  }
  if (!isChange) refuse(`there is a ${what} already; its behavior must be merge or replace`, at);
  return resources.map((resource) => (resource === old ? changed(old, generated) : resource));
}

function changed(old: Resource, generated: Resource): Resource {
  let { body } = generated;
  for (const key of ["labels", "annotations"] as const) {
    const entries = new Map([...metadataEntries(old.body, key), ...metadataEntries(body, key)]);
    body = withMetadataText(body, key, entries);
  }
  const metadata = field(body, "metadata") ?? emptyMapping(body);
  const name = fieldAt(old.body, "metadata", "name");
  const namespace = fieldAt(old.body, "metadata", "namespace");
  const named = name === undefined ? metadata : withField(metadata, "name", name);
  const placed =
    namespace === undefined ? withoutField(named, "namespace") : withField(named, "namespace", namespace);
  body = withField(body, "metadata", placed);
  if (generated.behavior === "merge") {
    body = withOrigin(body, old.body);
    for (const key of ["data", "binaryData"]) body = withMergedData(body, key, old.body);
  }
  return { ...old, body, needsHash: old.needsHash && generated.needsHash };
}

/** What is merged into says where the object comes from. */
function withOrigin(body: Traced, old: Traced): Traced {
  const origin = fieldAt(old, "metadata", "annotations", originAnnotation);
  if (origin === undefined) return body;
  const entries = new Map([...metadataEntries(body, "annotations"), [originAnnotation, origin]]);
  return withMetadataText(body, "annotations", entries);
}

function withMergedData(body: Traced, key: string, old: Traced): Traced {
  const own = field(body, key);
  const before = field(old, key);
  const entries = new Map([...(before ? fields(before) : []), ...(own ? fields(own) : [])]);
  if (entries.size === 0) return withoutField(body, key);
  const texts = [...entries].map(([name, value]) => [name, { ...value, value: textOf(value) }] as const);
  return withField(body, key, plainMapping(own ?? before ?? body, texts));
}

/** The text of a generated name with its hash. */
export function hashedName(resource: Resource, hash: string): Resource {
  const name = fieldAt(resource.body, "metadata", "name") ?? resource.body;
  const metadata = field(resource.body, "metadata") ?? emptyMapping(resource.body);
  const hashed = computed(`${textOf(name)}-${hash}`, name);
  return { ...resource, body: withField(resource.body, "metadata", withField(metadata, "name", hashed)) };
}
