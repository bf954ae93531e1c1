import * as z from "zod";
import { severities } from "../../rules/rule.ts";

const kinds = ["VirtualService", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar"] as const;
const expression = z.string().min(1);

/** A rule of the organisation's own, in the vocabulary of Kubernetes' ValidatingAdmissionPolicy. */
export const customRule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, "an id has small letters, digits and dashes"),
  kinds: z.array(z.enum(kinds)).min(1),
  severity: z.enum(severities),
  when: expression.optional().describe("CEL: the rule looks only at objects for which this is true."),
  variables: z
    .array(z.strictObject({ name: z.string().regex(/^[a-z]\w*$/i), expression }))
    .max(50)
    .optional(),
  params: z.json().optional().describe("Values for the expressions, as `params`."),
  expression: expression.describe("CEL: true when the object is right."),
  message: z.string().min(1),
  messageExpression: expression
    .optional()
    .describe("CEL: the message as a string; `message` where it fails."),
  fix: z.string().optional(),
});

export type CustomRule = z.output<typeof customRule>;
