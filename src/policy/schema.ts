import * as z from "zod";
import { rules } from "../rules/index.ts";
import { severities } from "../rules/rule.ts";
import { approvalsSchema } from "./approvals/schema.ts";
import { customRule } from "./custom/custom-rule.ts";
import { delegateSchema } from "./delegate-schema.ts";
import { packTexts } from "./packs.generated.ts";

const severity = z.enum(severities);

/** `weight-step: { severity: block, maxStep: 20 }`; every option may be left out, so that a layer says only what it changes. */
const ruleSettings = z.strictObject(
  Object.fromEntries(
    rules.map((rule) => [
      rule.id,
      z
        .strictObject({ severity: severity.optional(), ...withoutDefaults(rule.options) })
        .describe(`${rule.title}. ${rule.docs.do}`)
        .optional(),
    ]),
  ),
);

function withoutDefaults(options: z.ZodObject): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(options.shape).map(([name, option]) => [
      name,
      (option instanceof z.ZodDefault ? (option.unwrap() as z.ZodType) : option).optional(),
    ]),
  );
}

const names = z.array(z.string().min(1));
const oneOrMore = z.union([z.string().min(1), names.min(1)]);
const environment = z.strictObject({
  paths: names.optional().describe("Globs of file paths."),
  namespaces: names.optional().describe("Globs of namespaces."),
  labels: z.record(z.string(), z.string()).optional().describe("Labels of the object, all of them."),
  clusters: names
    .optional()
    .describe("Globs of clusters, by the name or the address that Argo CD or Flux delivers to."),
  branches: names.optional().describe("Globs of the branches that a change is for."),
  namespaceOf: z.string().optional().describe("Namespace of manifests under `paths` that name none."),
});

export const modeSchema = z
  .enum(["observe", "enforce", "off"])
  .describe("observe says what would block and blocks nothing; off says nothing.");

export const unrenderedSchema = z
  .enum(["warn", "block"])
  .describe("What a changed file does that mentions an Istio kind and cannot be rendered.");

const when = z
  .strictObject({
    environment: oneOrMore.optional().describe("Names of environments; one of them is enough."),
    repository: oneOrMore.optional().describe("Globs of owner/name."),
    branch: oneOrMore.optional().describe("Globs of the branch that the change is for."),
  })
  .refine((given) => Object.keys(given).length > 0, "say environment, repository or branch");

const overlay = z.strictObject({
  when: when.describe("Where it applies. All criteria that are given must hold."),
  mode: modeSchema.optional(),
  rules: ruleSettings.optional(),
  delegate: delegateSchema
    .optional()
    .describe(
      "What is handed down here. What an overlay sets and does not hand down is not, where it applies.",
    ),
});

const exception = z.strictObject({
  rule: z.string().describe("A rule, or custom/<id> for one of your own."),
  object: z.string().regex(/^[^/]+\/[^/]*\/[^/]+$/, "an object is written Kind/namespace/name"),
  ceiling: z.number().optional().describe("Only up to this measure, for example points of a step."),
  reason: z.string().min(1),
  owner: z.string().min(1),
  ticket: z.string().optional(),
  expires: z.iso.date().describe("The last day on which it holds, in UTC."),
});

/** The policy file, version 1: `.github/sluice.yaml`. Unknown keys are refused: a typo must not switch a rule off. */
export const policySchema = z.strictObject({
  version: z.literal(1).describe("Version of this file's format."),
  extends: z
    .array(z.enum(Object.keys(packTexts)))
    .optional()
    .describe("Packs to start from, pinned: recommended@1, strict@1, canary@1."),
  mode: modeSchema.optional(),
  unrendered: unrenderedSchema.optional(),
  roles: z
    .strictObject({ stable: names.optional(), canary: names.optional() })
    .optional()
    .describe("Names of subsets and services that are the proven version, and the trial version."),
  mesh: z
    .strictObject({
      rootNamespace: z.string().optional(),
      clusterDomain: z.string().optional(),
      outboundTrafficPolicy: z.enum(["ALLOW_ANY", "REGISTRY_ONLY"]).optional(),
    })
    .optional()
    .describe("Istio's mesh configuration, where it differs from Istio's defaults."),
  enrolment: z
    .strictObject({
      repositories: names
        .optional()
        .describe(
          'Repositories that are governed, as globs of owner/name; the last that fits decides, and "!acme/lab" takes out.',
        ),
      paths: names.optional().describe("Globs of the files that are governed in each of them."),
    })
    .optional()
    .describe("Whom this policy governs; without it, every repository that Sluice is installed on."),
  inventory: z
    .array(z.string().regex(/^[\w.-]+\/[\w.-]+$/, "a repository is written owner/name"))
    .optional()
    .describe(
      "Repositories, as owner/name, whose default branches complete the mesh: what they hold counts as part of it.",
    ),
  environments: z
    .record(z.string(), environment)
    .optional()
    .describe(
      "Parts of the mesh by name. Within one criterion any entry counts; several criteria must all hold.",
    ),
  rules: ruleSettings.optional(),
  delegate: delegateSchema
    .optional()
    .describe(
      "What repositories may loosen, by name: an option up to a bound, a severity down to one, a key of the organisation; true is without bound.",
    ),
  overlays: z
    .array(overlay)
    .optional()
    .describe(
      "Settings for an environment, a repository or a branch. All that apply count, the strictest of them.",
    ),
  exceptions: z.array(exception).optional(),
  custom: z.array(customRule).optional().describe("Rules of your own, in CEL."),
  approvals: approvalsSchema
    .optional()
    .describe(
      "Who may let findings through, by family (weight, timeout) or by rule; without an entry nobody.",
    ),
});

export type PolicyDocument = z.output<typeof policySchema>;
