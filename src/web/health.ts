import type { Context } from "hono";
import type { Bindings } from "../durable/bindings.ts";
import { type ConfigurationProblem, configurationProblem, readConfiguration } from "../environment.ts";
import { GitHubApp } from "../github/app.ts";
import { problemsOfApp } from "../github/app-settings.ts";
import { isUsableKey, readPrivateKey } from "../github/pem.ts";

/** Whoever looks too often sees the last look: the page is open to all, and GitHub counts our requests. */
const deepEvery = 30_000;
let lastDeep: {
  readonly at: number;
  readonly of: string;
  readonly problems: readonly ConfigurationProblem[];
} | null = null;

/**
 * Names everything that is wrong with the configuration and how to mend it: 200 when nothing is, else 503. With `?deep`
 * the key is proved on GitHub, and the app's permissions and events are compared with what Sluice needs.
 */
export async function showHealth(context: Context<{ Bindings: Bindings }>): Promise<Response> {
  const isDeep = context.req.query("deep") !== undefined;
  const problems = await problemsOf(context.env, isDeep);
  const { configuration } = readConfiguration(context.env);
  const approvals = configuration?.signingKeys
    ? "on"
    : "off: SLUICE_SIGNING_KEY is not set, so nobody can approve anything. Make one with: openssl rand -hex 32, and run: npx wrangler secret put SLUICE_SIGNING_KEY";
  const ok = problems.length === 0;
  return context.json({ ok, problems, ...(configuration && { approvals }) }, ok ? 200 : 503);
}

async function problemsOf(env: Bindings, isDeep: boolean): Promise<readonly ConfigurationProblem[]> {
  const { configuration, problems } = readConfiguration(env);
  if (!configuration) return problems;
  const { credentials } = configuration;
  const key = readPrivateKey(credentials.privateKey);
  if (!("der" in key) || !(await isUsableKey(key.der))) {
    return [configurationProblem("GITHUB_PRIVATE_KEY", "is damaged: it is not an RSA key")];
  }
  if (!isDeep) return [];
  const of = JSON.stringify(credentials);
  if (lastDeep === null || lastDeep.of !== of || Date.now() - lastDeep.at > deepEvery) {
    lastDeep = { at: Date.now(), of, problems: await problemsOfApp(new GitHubApp(credentials)) };
  }
  return lastDeep.problems;
}
