/** An RSA private key as WebCrypto reads it, or what is wrong with what was given. */
export type PrivateKey =
  | { readonly pem: string; readonly der: Uint8Array<ArrayBuffer> }
  | { readonly problem: string };

const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;
/** RFC 8017 A.1.2 inside RFC 5208: version 0, algorithm rsaEncryption without parameters. */
const versionAndAlgorithm = [0x02, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];

/**
 * Reads a private key in PEM, PKCS#1 or PKCS#8, also with literal `\n` for its line ends. GitHub hands out PKCS#1
 * ("BEGIN RSA PRIVATE KEY") and WebCrypto takes only PKCS#8, so the one is wrapped into the other.
 */
export function readPrivateKey(text: string): PrivateKey {
  const found = block.exec(text.replaceAll("\\n", "\n"));
  const [label, body] = [found?.[1], found?.[2]];
  if (label === undefined || body === undefined) {
    return { problem: 'is not a PEM file from "-----BEGIN" to "-----END"' };
  }
  const content = decodeBase64(body);
  if (content === null || content[0] !== 0x30) return { problem: "is damaged: its lines are not a key" };
  if (label === "PRIVATE KEY") return { pem: encodePem(content), der: content };
  if (label === "RSA PRIVATE KEY" && !body.includes("ENCRYPTED")) {
    const der = Uint8Array.from(element(0x30, [...versionAndAlgorithm, ...element(0x04, content)]));
    return { pem: encodePem(der), der };
  }
  return { problem: `is "${label}"; GitHub's own file, "RSA PRIVATE KEY", is needed` };
}

/** Whether WebCrypto takes the key: the last word on its bytes. */
export async function isUsableKey(der: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]).then(
    () => true,
    () => false,
  );
}

/** A DER element: tag, length, content (X.690 8.1). */
function element(tag: number, content: ArrayLike<number>): number[] {
  const length = content.length;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return [tag, ...size, ...Array.from(content)];
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function encodePem(der: Uint8Array): string {
  const base64 = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(""));
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
}
