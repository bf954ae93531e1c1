import { createPublicKey, randomBytes, verify } from "node:crypto";
import { serverLimits } from "../limits.ts";
import type { Installation, World } from "../world.ts";
import { Refusal } from "./answer.ts";
import type { InstallationToken, Permissions } from "./permission.ts";

export type Caller =
  | { readonly kind: "app" }
  | { readonly kind: "installation"; readonly token: InstallationToken };

interface Claims {
  readonly iss?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
}

/** Knows the app's key and every installation token handed out. */
export class Authentication {
  readonly #world: World;
  readonly #publicKey: ReturnType<typeof createPublicKey>;
  readonly #tokens = new Map<string, InstallationToken>();

  constructor(world: World) {
    this.#world = world;
    this.#publicKey = createPublicKey(world.app.privateKey);
  }

  /** Who sends this `Authorization` header. Throws a 401 for nobody. */
  caller(authorization: string | undefined): Caller {
    const credentials = /^(?:bearer|token) (.+)$/i.exec(authorization ?? "")?.[1];
    if (credentials === undefined) throw new Refusal(401, "Requires authentication");
    const token = this.#tokens.get(credentials);
    if (token !== undefined && token.expiresAt > this.#world.milliseconds)
      return { kind: "installation", token };
    if (credentials.startsWith("ghs_") || credentials.split(".").length !== 3) {
      throw new Refusal(401, "Bad credentials");
    }
    this.#verifyJwt(credentials);
    return { kind: "app" };
  }

  /** Mints an installation token in GitHub's format since April 2026: about 520 characters, a JWT inside. */
  mint(
    installation: Installation,
    permissions: Permissions,
    repositories: readonly number[] | null,
  ): InstallationToken {
    const header = base64url({ alg: "RS256", typ: "JWT", kid: "local-github" });
    const payload = base64url({ ins: installation.id, nonce: randomBytes(30).toString("hex") });
    const signature = randomBytes(256).toString("base64url"); // nobody but this class ever reads it
    const token: InstallationToken = {
      value: `ghs_${this.#world.app.id}_${header}.${payload}.${signature}`,
      installation: installation.id,
      owner: installation.account.id,
      permissions,
      repositories,
      expiresAt: this.#world.milliseconds + serverLimits.installationTokenSeconds * 1000,
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  #verifyJwt(jwt: string): void {
    const [header = "", payload = "", signature = ""] = jwt.split(".");
    const signed = verify(
      "RSA-SHA256",
      Buffer.from(`${header}.${payload}`),
      this.#publicKey,
      Buffer.from(signature, "base64url"),
    );
    if (!signed || fromBase64url(header).alg !== "RS256") {
      throw new Refusal(401, "A JSON web token could not be decoded");
    }
    this.#checkClaims(fromBase64url(payload));
  }

  #checkClaims({ iss, iat, exp }: Claims): void {
    const { app } = this.#world;
    const now = Date.now() / 1000; // the signer's clock; a story may set the world's to another time
    if (String(iss) !== String(app.id) && iss !== app.clientId) {
      throw new Refusal(401, "'Issuer' claim ('iss') must be an Integer");
    }
    if (typeof iat !== "number" || iat > now + serverLimits.jwtSkewSeconds) {
      throw new Refusal(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    }
    if (typeof exp !== "number" || exp <= now) {
      throw new Refusal(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      );
    }
    if (exp > now + serverLimits.jwtSeconds) {
      throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    }
  }
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function fromBase64url(text: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
