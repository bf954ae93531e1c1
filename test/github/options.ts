import { generateKeyPairSync } from "node:crypto";
import { events, permissions } from "../../src/github/manifest.ts";
import type { Files } from "./git/write.ts";
import type { Level } from "./http/permission.ts";
import type { Role } from "./repository.ts";
import type { WebhookTarget } from "./webhooks/webhooks.ts";

export interface GitHubOptions {
  readonly app?: Partial<AppOptions>;
  readonly repositories?: readonly RepositoryOptions[];
  readonly webhook?: WebhookTarget;
  /** Port to listen on. Default: a free one. */
  readonly port?: number;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly clock?: () => number;
}

export interface AppOptions {
  readonly id: number;
  readonly slug: string;
  /** PEM, PKCS#1. Default: a key of this process. */
  readonly privateKey: string;
  /** Login of the organisation the app belongs to. */
  readonly owner: string;
  /** Default: those of the product's manifest. */
  readonly permissions: Readonly<Record<string, Level>>;
  /** Events it subscribes to. Default: those of the product's manifest. */
  readonly events: readonly string[];
}

export interface RepositoryOptions {
  /** Login of an organisation or, with `ownerType`, of a person. Default: acme. */
  readonly owner?: string;
  readonly ownerType?: "Organization" | "User";
  readonly name: string;
  /** Default: true. */
  readonly private?: boolean;
  /** Default: main. */
  readonly defaultBranch?: string;
  /** Contents of the default branch's first commit. */
  readonly files?: Files;
  /** A bare Git repository instead of `files`. It is the GitHub's from then on: written to, and removed at the end. */
  readonly directory?: string;
  /** Who may do what, by login. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Whether the app is installed on it. Default: true. */
  readonly installed?: boolean;
}

/** What the product's own manifest asks for. */
export const manifestPermissions: Readonly<Record<string, Level>> = Object.fromEntries(
  Object.entries(permissions).map(([name, { level }]) => [name, level]),
);
export const manifestEvents: readonly string[] = Object.keys(events);

let processKey: string | null = null;

/** A private key in GitHub's format, made once per process since making one takes a while. */
export function privateKey(): string {
  processKey ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
  return processKey;
}
