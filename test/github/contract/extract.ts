/**
 * Makes `openapi.json` and `schema.graphql` from GitHub's own descriptions. Both packages are large, so they are installed
 * in a temporary folder and never in this repository: `npm run contract`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sliceGraphql } from "./graphql-slice.ts";
import { sliceOpenapi } from "./openapi-slice.ts";

const openapi = "@octokit/openapi@23.0.2";
const graphql = "@octokit/graphql-schema@15.26.1";

const folder = mkdtempSync(join(tmpdir(), "sluice-contract-"));
try {
  execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", openapi, graphql], {
    stdio: "inherit",
  });
  const read = (path: string) => readFileSync(join(folder, "node_modules", "@octokit", path), "utf8");
  const here = (name: string) => join(import.meta.dirname, name);
  const description = JSON.parse(read("openapi/generated/api.github.com.json"));
  writeFileSync(here("openapi.json"), sliceOpenapi(description, openapi));
  writeFileSync(here("schema.graphql"), sliceGraphql(read("graphql-schema/schema.graphql"), graphql));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
