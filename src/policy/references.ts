import type { Path, Problem, Range } from "../manifest/source.ts";
import { nearest, sameLetters } from "../mesh/validity/schema/nearest.ts";
import { rules } from "../rules/index.ts";
import { delegationProblems } from "./delegate-names.ts";
import type { PolicyLayer } from "./read.ts";
import type { PolicyDocument } from "./schema.ts";

/** A name that one part of a policy uses and another part, or another layer, defines. */
interface Reference {
  readonly path: Path;
  readonly kind: "environment" | "rule";
  readonly name: string;
}

/** What is wrong with a file that stands for itself: names that nothing defines, what cannot be handed down. */
export function referenceProblems(document: PolicyDocument, locate: (path: Path) => Range): Problem[] {
  const known = definedIn(document);
  return [
    ...references(document)
      .filter(({ kind, name }) => !known[kind].includes(name))
      .map((reference) => dangling(reference, known, locate)),
    ...unknownKinds(document, locate),
    ...delegationProblems(document, locate),
  ];
}

/** Names in a lower layer's file that neither layer defines. They have no effect there, and stop nobody. */
export function danglingReferences(lower: PolicyLayer, owner: PolicyLayer | null): Problem[] {
  const [own, above] = [definedIn(lower.document), definedIn(owner?.document)];
  const known = {
    environment: [...own.environment, ...above.environment],
    rule: [...own.rule, ...above.rule],
  };
  return references(lower.document)
    .filter(({ kind, name }) => !known[kind].includes(name))
    .map((reference) =>
      dangling(reference, known, (path) => {
        const line = lower.lineOf(path);
        return { file: lower.source, line, column: 1, endLine: line, endColumn: 1 };
      }),
    );
}

type Known = Readonly<Record<Reference["kind"], readonly string[]>>;

function definedIn(document: PolicyDocument | undefined): Known {
  return {
    environment: Object.keys(document?.environments ?? {}),
    rule: [...rules.map(({ id }) => id), ...(document?.custom ?? []).map(({ id }) => `custom/${id}`)],
  };
}

function references(document: PolicyDocument): Reference[] {
  const { overlays = [], exceptions = [], approvals = {} } = document;
  const scopes = [{ path: [] as Path, settings: document.rules }];
  for (const [index, overlay] of overlays.entries()) {
    scopes.push({ path: ["overlays", index], settings: overlay.rules });
  }
  return [
    ...overlays.flatMap(({ when }, index) =>
      environmentNames(["overlays", index, "when", "environment"], when.environment),
    ),
    ...scopes.flatMap(({ path, settings }) => namesInOptions([...path, "rules"], settings)),
    ...exceptions.map(
      ({ rule }, index): Reference => ({ path: ["exceptions", index, "rule"], kind: "rule", name: rule }),
    ),
    ...Object.keys(approvals)
      .filter((name) => name.startsWith("custom/"))
      .map((name): Reference => ({ path: ["approvals", name], kind: "rule", name })),
  ];
}

function environmentNames(path: Path, names: string | readonly string[] | undefined): Reference[] {
  if (names === undefined) return [];
  if (typeof names === "string") return [{ path, kind: "environment", name: names }];
  return names.map((name, index) => ({ path: [...path, index], kind: "environment", name }));
}

/** Options whose lists name environments say so in their schema's metadata (`names`). */
function namesInOptions(path: Path, settings: PolicyDocument["rules"]): Reference[] {
  return Object.entries(settings ?? {}).flatMap(([id, options]) =>
    Object.entries(options ?? {}).flatMap(([option, value]) => {
      const schema = rules.find((rule) => rule.id === id)?.options.shape[option];
      return schema?.meta()?.names === "environments"
        ? environmentNames([...path, id, option], value as unknown as readonly string[])
        : [];
    }),
  );
}

function dangling({ path, kind, name }: Reference, known: Known, locate: (path: Path) => Range): Problem {
  const suggestion = known[kind].find((full) => full === `custom/${name}`) ?? nearest(name, known[kind]);
  const listed = kind === "environment" && known.environment.length > 0;
  return {
    code: "policy-reference",
    message: `there is no ${kind} ${name}`,
    range: locate(path),
    fix: suggestion
      ? `did you mean ${suggestion}?`
      : listed
        ? `the policy defines ${known.environment.join(", ")}`
        : kind === "environment"
          ? "define it under `environments`; only a file below the organisation's may use that one's"
          : "a rule of your own is written custom/<its id>",
  };
}

/** An exception of a kind in other letters would except nothing. */
function unknownKinds({ exceptions = [] }: PolicyDocument, locate: (path: Path) => Range): Problem[] {
  return exceptions.flatMap(({ object }, index) => {
    const [kind = ""] = object.split("/");
    const meant = sameLetters(kind, istioKinds);
    if (meant === null || meant === kind) return [];
    return [
      {
        code: "policy-reference",
        message: `exceptions.${index}.object: there is no kind ${kind}`,
        range: locate(["exceptions", index, "object"]),
        fix: `did you mean ${object.replace(kind, meant)}?`,
      },
    ];
  });
}

const istioKinds = ["VirtualService", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar"];

/** Ids that two rules of a file share. */
export function doubledRules({ custom = [] }: PolicyDocument, locate: (path: Path) => Range): Problem[] {
  return custom.flatMap(({ id }, index) =>
    custom.findIndex((rule) => rule.id === id) < index
      ? [
          {
            code: "policy-reference",
            message: `custom.${index}.id: another rule is called ${id} already`,
            range: locate(["custom", index, "id"]),
          },
        ]
      : [],
  );
}
