const signaturePattern = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether `signature` (the header `X-Hub-Signature-256`) is the HMAC-SHA256 of the raw `body` under one of `secrets`.
 * Several secrets are accepted while one is being rotated. Anything that is not a signature is a wrong one, never an error.
 */
export async function isSigned(
  body: Uint8Array,
  signature: string | null | undefined,
  secrets: readonly string[],
): Promise<boolean> {
  const hex = signaturePattern.exec(signature ?? "")?.[1];
  if (hex === undefined) return false;
  const expected = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  for (const secret of secrets) {
    if (await isMac(body, expected, secret)) return true;
  }
  return false;
}

/** `crypto.subtle.verify` compares in constant time. */
async function isMac(body: Uint8Array, mac: Uint8Array, secret: string): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, [
    "verify",
  ]);
  return crypto.subtle.verify("HMAC", key, mac, body);
}
