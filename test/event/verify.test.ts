import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isSigned } from "../../src/event/verify.ts";

const body = new TextEncoder().encode('{"zen":"Ünïcode, and a newline\\n"}');
const sign = (secret: string, bytes: Uint8Array = body) =>
  `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;

describe("the signature of a delivery", () => {
  test("is accepted under the present secret, and under the previous one while rotating", async () => {
    expect(await isSigned(body, sign("new"), ["new", "old"])).toBe(true);
    expect(await isSigned(body, sign("old"), ["new", "old"])).toBe(true);
    expect(await isSigned(body, sign("NEW").toUpperCase().replace("SHA256", "sha256"), ["NEW"])).toBe(true);
  });

  test("covers every byte of the body", async () => {
    const changed = Uint8Array.from(body, (byte, index) => (index === 3 ? byte ^ 1 : byte));
    expect(await isSigned(changed, sign("new"), ["new"])).toBe(false);
    expect(await isSigned(new Uint8Array(), sign("new", new Uint8Array()), ["new"])).toBe(true);
  });

  test("is refused, never an error, when it is no signature at all", async () => {
    const garbage = [
      null,
      undefined,
      "",
      "sha256=",
      "garbage",
      "sha256=zz",
      "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709",
      `${sign("new")}00`,
      sign("new").slice(0, -2),
      `sha256=${"g".repeat(64)}`,
      sign("other"),
    ];
    for (const signature of garbage) expect(await isSigned(body, signature, ["new", "old"])).toBe(false);
  });

  test("is refused when no secret is configured", async () => {
    expect(await isSigned(body, sign(""), [])).toBe(false);
  });
});
