/** Writes what is derived from the sources: the packs as code, the policy's JSON schema, the rule documentation. */
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";

const file = (path: string) => new URL(`../${path}`, import.meta.url);

const packs = Object.fromEntries(
  ["recommended", "strict", "canary"].map((name) => [
    `${name}@1`,
    readFileSync(file(`policies/${name}.yaml`), "utf8"),
  ]),
);
writeFileSync(
  file("src/policy/packs.generated.ts"),
  `/** Generated from policies/*.yaml by \`npm run generate\`. */\nexport const packTexts = ${JSON.stringify(packs, null, 2)} as const;\n`,
);

// Imported after the packs are written: the schema is built from the rules, the packs are read through the schema.
const { policySchema } = await import("../src/policy/schema.ts");
const { rulesDocument } = await import("../src/report/rules-document.ts");

writeFileSync(
  file("policies/schema.json"),
  `${JSON.stringify({ title: "Sluice policy", ...z.toJSONSchema(policySchema, { io: "input" }) }, null, 2)}\n`,
);
writeFileSync(file("policies/RULES.md"), rulesDocument());
