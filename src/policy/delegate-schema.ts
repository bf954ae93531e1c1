import * as z from "zod";
import { rules } from "../rules/index.ts";
import { organisationKeys } from "./organisation-keys.ts";

/** Everything that can be handed down by name, less what a file defines itself: entries of options, rules of its own. */
export const delegableNames: readonly string[] = [
  // Who is governed is not for the governed to say.
  ...organisationKeys.filter((key) => key !== "enrolment"),
  "unrendered",
  ...rules.flatMap(({ id, options }) => [
    `rules.${id}`,
    ...["severity", ...Object.keys(options.shape)].map((option) => `rules.${id}.${option}`),
  ]),
];

/** Names and bounds are held against the settings that they speak of once the file is read (`references.ts`). */
export const delegateSchema = z.record(
  z.string().meta({ anyOf: [{ enum: delegableNames }, { pattern: "^(custom|rules)\\." }] }),
  z.json(),
);
