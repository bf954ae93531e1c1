import * as z from "zod";
import type { Credentials } from "./github/app.ts";
import { readPrivateKey } from "./github/pem.ts";
import type { RepositoryName } from "./github/port.ts";

/** What the operator sets: secrets and variables, all text. Described in wrangler.toml. */
export type Variables = { readonly [Name in keyof typeof schema.shape]?: string };

/** Everything needed to evaluate pull requests. */
export interface Configuration {
  readonly credentials: Credentials;
  /** The present secret, and the previous one while rotating. */
  readonly webhookSecrets: readonly string[];
  /** Secrets that authenticate receipts: the present one and the previous. Null: approvals are off. */
  readonly signingKeys: readonly [string, ...string[]] | null;
  /** Null: the `.github` repository of each owner. */
  readonly policyRepository: RepositoryName | null;
  /** Accounts served, in lower case; null serves every installation. */
  readonly owners: ReadonlySet<string> | null;
  readonly debounceMilliseconds: number;
}

/** One thing wrong with the configuration, and how to mend it. */
export interface ConfigurationProblem {
  readonly variable: string;
  readonly problem: string;
  readonly mend: string;
}

/** The configuration, as far as it is whole enough to work with, and all that is wrong with it. */
export interface ReadConfiguration {
  readonly configuration: Configuration | null;
  readonly problems: readonly ConfigurationProblem[];
}

const needed = z.string({ error: "is missing" }).trim().min(1, "is empty");
const signingKey = needed.min(32, "is shorter than 32 characters");
const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/;

const privateKey = needed.transform((text, context) => {
  const key = readPrivateKey(text);
  if ("pem" in key) return key.pem;
  context.addIssue(key.problem);
  return z.NEVER;
});

const apiUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const problem = url ? problemOfApi(url) : "is not an address such as https://github.example.com/api/v3";
  if (problem === null) return text.replace(/\/$/, "");
  context.addIssue(problem);
  return z.NEVER;
});

function problemOfApi({ protocol, hostname, pathname }: URL): string | null {
  const isLocal = loopback.test(hostname);
  if (protocol !== "https:" && !isLocal) return "is not https";
  const isAtRoot = isLocal || /^api\.(github\.com|[\w-]+\.ghe\.com)$/.test(hostname);
  if (/^\/api\/v3\/?$/.test(pathname) || (isAtRoot && pathname === "/")) return null;
  return "does not end in /api/v3, where a GitHub Enterprise Server has its API";
}

const policyRepository = z
  .string()
  .regex(/^[\w.-]+\/[\w.-]+$/, "is not owner/name")
  .transform((text) => {
    const [owner = "", name = ""] = text.split("/");
    return { owner, name };
  });

const owners = z
  .string()
  .transform(
    (text) =>
      new Set(
        text
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean),
      ),
  )
  .refine(({ size }) => size > 0, "names nobody");

const schema = z.object({
  GITHUB_APP_ID: needed.regex(/^[1-9]\d*$/, "is not a number").transform(Number),
  GITHUB_PRIVATE_KEY: privateKey,
  GITHUB_WEBHOOK_SECRET: needed,
  GITHUB_WEBHOOK_SECRET_PREVIOUS: needed.optional(),
  SLUICE_SIGNING_KEY: signingKey.optional(),
  SLUICE_SIGNING_KEY_PREVIOUS: signingKey.optional(),
  GITHUB_API_URL: apiUrl.default("https://api.github.com"),
  SLUICE_POLICY_REPO: policyRepository.optional(),
  SLUICE_DEBOUNCE_MS: z.coerce.number("is not a number").int().min(0).max(60_000).default(1_500),
  ALLOWED_OWNERS: owners.optional(),
});

const secret = (name: string) => `npx wrangler secret put ${name}`;
const setVariable = (name: string, example: string) =>
  `Set it in [vars] of wrangler.toml, as in ${name} = "${example}", or remove it`;
const mends: Readonly<Record<string, string>> = {
  GITHUB_APP_ID: `Take "App ID" from the app's settings page and run: ${secret("GITHUB_APP_ID")}`,
  GITHUB_PRIVATE_KEY: `Generate a private key on the app's settings page and run: ${secret("GITHUB_PRIVATE_KEY")} < the-downloaded-file.pem`,
  GITHUB_WEBHOOK_SECRET: `Run: ${secret("GITHUB_WEBHOOK_SECRET")}, and enter the same value on the app's settings page`,
  GITHUB_WEBHOOK_SECRET_PREVIOUS: `Remove it when the rotation is over: npx wrangler secret delete GITHUB_WEBHOOK_SECRET_PREVIOUS`,
  SLUICE_SIGNING_KEY: `Make one with: openssl rand -hex 32, and run: ${secret("SLUICE_SIGNING_KEY")}`,
  SLUICE_SIGNING_KEY_PREVIOUS: `Remove it when no approval of before the rotation is needed any more: npx wrangler secret delete SLUICE_SIGNING_KEY_PREVIOUS`,
  GITHUB_API_URL: `${setVariable("GITHUB_API_URL", "https://HOST/api/v3")} for github.com`,
  SLUICE_POLICY_REPO: `${setVariable("SLUICE_POLICY_REPO", "acme/istio-policy")} for each owner's .github repository`,
  SLUICE_DEBOUNCE_MS: `${setVariable("SLUICE_DEBOUNCE_MS", "1500")} for that`,
  ALLOWED_OWNERS: `${setVariable("ALLOWED_OWNERS", "acme,acme-labs")} to serve every installation`,
};

/** Reads the operator's settings. An empty value counts as not set. */
export function readConfiguration(variables: object): ReadConfiguration {
  const set = Object.entries(variables).filter(([, value]) => value !== "");
  const read = schema.safeParse(Object.fromEntries(set));
  if (!read.success) return { configuration: null, problems: read.error.issues.map(toProblem) };
  const { data } = read;
  const { SLUICE_SIGNING_KEY: signing, SLUICE_SIGNING_KEY_PREVIOUS: previous } = data;
  const secrets = [data.GITHUB_WEBHOOK_SECRET, data.GITHUB_WEBHOOK_SECRET_PREVIOUS];
  return {
    configuration: {
      credentials: {
        appId: data.GITHUB_APP_ID,
        privateKey: data.GITHUB_PRIVATE_KEY,
        apiUrl: data.GITHUB_API_URL,
      },
      webhookSecrets: secrets.filter((value) => value !== undefined),
      signingKeys: signing === undefined ? null : previous === undefined ? [signing] : [signing, previous],
      policyRepository: data.SLUICE_POLICY_REPO ?? null,
      owners: data.ALLOWED_OWNERS ?? null,
      debounceMilliseconds: data.SLUICE_DEBOUNCE_MS,
    },
    problems: [],
  };
}

function toProblem({ path, message }: z.core.$ZodIssue): ConfigurationProblem {
  return configurationProblem(String(path[0]), message);
}

/** What is wrong with a variable, with the way to mend it. */
export function configurationProblem(variable: string, problem: string): ConfigurationProblem {
  return { variable, problem, mend: mends[variable] ?? "" };
}
