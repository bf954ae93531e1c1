/** `npm run bench [part…]`: every figure of one run, so that figures compare with each other and not with another day. */
import type { Row } from "./row.ts";

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  analyze: async () => (await import("./analyze.ts")).analyze(),
  gate: async () => (await import("./gate.ts")).gate(),
  validity: async () => (await import("./validity.ts")).validity(),
  traffic: async () => (await import("./traffic.ts")).traffic(),
  kustomize: async () => (await import("./kustomize.ts")).kustomize(),
  policy: async () => (await import("./policy.ts")).policy(),
  reader: async () => (await import("./reader.ts")).reader(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((part) => !(part in parts));
if (unknown !== undefined) {
  console.error(`there is no benchmark ${unknown}; there are ${Object.keys(parts).join(", ")}`);
  process.exit(64);
}
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  const rows = await run();
  const width = Math.max(...rows.map((row) => row.name.length));
  for (const row of rows) console.log(`  ${row.name.padEnd(width)}  ${row.value}`);
}
