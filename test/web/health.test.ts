import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bindings } from "../../src/durable/bindings.ts";
import { events, permissions } from "../../src/github/manifest.ts";
import { app } from "../../src/web/app.ts";
import { createGitHub, type LocalGitHub } from "../github/index.ts";
import { privateKey } from "../github/options.ts";

const settings = {
  GITHUB_APP_ID: "12345",
  GITHUB_PRIVATE_KEY: privateKey(),
  GITHUB_WEBHOOK_SECRET: "secret",
};

interface Health {
  readonly ok: boolean;
  readonly problems: readonly {
    readonly variable: string;
    readonly problem: string;
    readonly mend: string;
  }[];
}

async function health(
  variables: object,
  path = "/healthz",
): Promise<{ status: number; health: Health; text: string }> {
  const response = await app.request(path, {}, variables as Bindings);
  const text = await response.text();
  return { status: response.status, health: JSON.parse(text) as Health, text };
}

const pkcs8 = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

describe("a configuration that is whole", () => {
  test.each([
    ["as GitHub hands out its key", {}],
    ["with a PKCS#8 key", { GITHUB_PRIVATE_KEY: pkcs8.privateKey }],
    ["with literal \\n in the key", { GITHUB_PRIVATE_KEY: privateKey().replaceAll("\n", "\\n") }],
    ["with Windows line ends in the key", { GITHUB_PRIVATE_KEY: privateKey().replaceAll("\n", "\r\n") }],
    ["for GitHub Enterprise Server", { GITHUB_API_URL: "https://git.example.com/api/v3/" }],
    ["for GitHub with data residency", { GITHUB_API_URL: "https://api.acme.ghe.com" }],
    [
      "with everything optional",
      { SLUICE_POLICY_REPO: "acme/policy", ALLOWED_OWNERS: "acme", SLUICE_DEBOUNCE_MS: "0" },
    ],
    [
      "with optional variables left empty",
      { SLUICE_POLICY_REPO: "", ALLOWED_OWNERS: "", GITHUB_API_URL: "" },
    ],
  ])("%s is well", async (_, change) => {
    expect(await health({ ...settings, ...change })).toMatchObject({
      status: 200,
      health: { ok: true, problems: [] },
    });
  });
});

describe("what is wrong is named, with how to mend it", () => {
  test("everything that is missing, at once", async () => {
    const { status, health: answer } = await health({});
    expect(status).toBe(503);
    expect(answer.problems.map(({ variable, problem }) => `${variable} ${problem}`)).toEqual([
      "GITHUB_APP_ID is missing",
      "GITHUB_PRIVATE_KEY is missing",
      "GITHUB_WEBHOOK_SECRET is missing",
    ]);
    for (const { variable, mend } of answer.problems)
      expect(mend).toContain(`npx wrangler secret put ${variable}`);
  });

  test.each([
    ["GITHUB_APP_ID", "Iv23liSluice", "is not a number"],
    [
      "GITHUB_PRIVATE_KEY",
      "-----BEGIN RSA PRIVATE KEY-----",
      'is not a PEM file from "-----BEGIN" to "-----END"',
    ],
    ["GITHUB_PRIVATE_KEY", "./app.pem", 'is not a PEM file from "-----BEGIN" to "-----END"'],
    [
      "GITHUB_PRIVATE_KEY",
      pkcs8.publicKey,
      'is "PUBLIC KEY"; GitHub\'s own file, "RSA PRIVATE KEY", is needed',
    ],
    [
      "GITHUB_PRIVATE_KEY",
      "-----BEGIN RSA PRIVATE KEY-----\n!!!\n-----END RSA PRIVATE KEY-----",
      "is damaged: its lines are not a key",
    ],
    ["GITHUB_PRIVATE_KEY", privateKey().replace("MIIE", "MIIA"), /^is damaged/],
    ["GITHUB_WEBHOOK_SECRET", "  ", "is empty"],
    ["GITHUB_API_URL", "github.example.com", /^is not an address/],
    ["GITHUB_API_URL", "http://github.example.com/api/v3", "is not https"],
    ["GITHUB_API_URL", "https://github.example.com", /^does not end in \/api\/v3/],
    ["SLUICE_POLICY_REPO", "policy", "is not owner/name"],
    ["SLUICE_DEBOUNCE_MS", "soon", "is not a number"],
    ["ALLOWED_OWNERS", " , ", "names nobody"],
  ])("%s=%j", async (variable, value, problem) => {
    const { status, health: answer } = await health({ ...settings, [variable]: value });
    expect(status).toBe(503);
    expect(answer.problems).toMatchObject([
      { variable, problem: typeof problem === "string" ? problem : expect.stringMatching(problem) },
    ]);
    expect(answer.problems[0]?.mend).toContain(variable);
  });

  test("without telling a secret", async () => {
    const { text } = await health({
      ...settings,
      GITHUB_PRIVATE_KEY: "s3cr3t-key",
      GITHUB_APP_ID: "s3cr3t-id",
    });
    expect(text).not.toContain("s3cr3t");
  });
});

describe("a deep look", () => {
  let github: LocalGitHub;
  beforeAll(async () => {
    github = await createGitHub({ repositories: [{ name: "mesh" }] });
  });
  afterAll(() => github.stop());
  const here = () => ({ ...settings, GITHUB_APP_ID: String(github.app.id), GITHUB_API_URL: github.url });

  test("proves the key on GitHub, and asks GitHub only once in a while", async () => {
    for (let look = 1; look <= 3; look++) expect((await health(here(), "/healthz?deep")).status).toBe(200);
    expect(github.requests.map(({ path }) => path)).toEqual(["/app"]);
  });

  test("finds a key of another app", async () => {
    const { status, health: answer } = await health(
      { ...here(), GITHUB_PRIVATE_KEY: pkcs8.privateKey },
      "/healthz?deep",
    );
    expect(status).toBe(503);
    expect(answer.problems[0]?.variable).toBe("GITHUB_APP_ID and GITHUB_PRIVATE_KEY");
  });

  test("finds a GitHub that is not there", async () => {
    const { health: answer } = await health(
      { ...here(), GITHUB_API_URL: "http://127.0.0.1:1" },
      "/healthz?deep",
    );
    expect(answer.problems).toMatchObject([
      { variable: "GITHUB_API_URL", problem: expect.stringContaining("could not be reached") },
    ]);
  });

  test("names permissions and events that the app lacks", async () => {
    const poor = await createGitHub({
      app: { permissions: { metadata: "read", checks: "read" }, events: [] },
    });
    const { health: answer } = await health({ ...here(), GITHUB_API_URL: poor.url }, "/healthz?deep");
    await poor.stop();
    const lacking = [
      ...Object.keys(permissions)
        .filter((name) => name !== "metadata")
        .map((name) => `permission ${name}`),
      ...Object.keys(events).map((name) => `event ${name}`),
    ];
    expect(answer.problems.map(({ variable }) => variable).sort()).toEqual(lacking.sort());
  });
});
