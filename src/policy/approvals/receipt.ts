import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import * as z from "zod";

/** How somebody approved. */
export type Via = "comment" | "review" | "button";

const receiptSchema = z.strictObject({
  repository: z.number(),
  pull: z.number(),
  /** What was answered: `comment:17`, `review:18`, `button:<delivery>`. */
  key: z.string(),
  via: z.enum(["comment", "review", "button"]),
  approver: z.strictObject({ id: z.number(), login: z.string() }),
  fingerprints: z.array(z.string()),
  /** Percentage points. */
  ceiling: z.number().nullable(),
  /** Milliseconds since 1970. */
  at: z.number(),
  expires: z.number().nullable(),
  /** Commit of the policy under which it was granted. */
  policy: z.string().nullable(),
  reason: z.string(),
  breakGlass: z.boolean(),
  /** SHA-256 of what the approver wrote. */
  digest: z.string(),
});

/** What Sluice confirms of an approval, in a comment of its own: the approval counts while both stand. */
export type Receipt = z.output<typeof receiptSchema>;

/** Secrets under which receipts are authenticated: the first signs, all are accepted. */
export type SigningKeys = readonly [string, ...string[]];

const marker = /<!-- sluice:receipt v1 ([\w-]+)\.([0-9a-f]{64}) -->/;
/** Keeps these authentications apart from any other under the same secret. */
const context = "sluice receipt v1\n";

/** The receipt as a hidden line of a comment. */
export function receiptMarker(receipt: Receipt, keys: SigningKeys): string {
  const content = encode(JSON.stringify(receipt));
  return `<!-- sluice:receipt v1 ${content}.${mac(content, keys[0])} -->`;
}

/** The receipt that a comment's text holds, for this pull request; null for none, a forged or a foreign one. */
export function readReceipt(
  body: string,
  keys: SigningKeys,
  { repository, pull }: Pick<Receipt, "repository" | "pull">,
): Receipt | null {
  const [, content = "", given = ""] = marker.exec(body) ?? [];
  if (content === "" || !keys.some((key) => isSame(mac(content, key), given))) return null;
  const receipt = receiptSchema.safeParse(parsed(decode(content)));
  if (!receipt.success) return null;
  return receipt.data.repository === repository && receipt.data.pull === pull ? receipt.data : null;
}

/** SHA-256 of a text, whatever line ends GitHub gives it. */
export function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text.replaceAll("\r\n", "\n"))));
}

function mac(content: string, key: string): string {
  return bytesToHex(hmac(sha256, utf8ToBytes(key), utf8ToBytes(context + content)));
}

/** Takes the same time wherever two texts of one length differ. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function encode(text: string): string {
  const binary = String.fromCharCode(...utf8ToBytes(text));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decode(text: string): string {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return "";
  }
}
