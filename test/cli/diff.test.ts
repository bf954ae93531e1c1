import { describe, expect, it } from "vitest";
import { check } from "../../src/cli/check.ts";
import { diff } from "../../src/cli/diff.ts";
import { folder, recording } from "./folder.ts";

const virtualService = (routes: readonly string[]) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/public]
  http:
${routes.map((route) => `    - ${route}\n`).join("")}`;

const to = (host: string) => `route: [{ destination: { host: ${host} } }]`;

async function compared(base: string, head: string, format: "pretty" | "json", command = diff) {
  const terminal = recording(folder({}));
  const sides = ["--base", folder({ "vs.yaml": base }), "--head", folder({ "vs.yaml": head })];
  const exit = await command.run([...sides, "--format", format], terminal);
  return { exit, out: terminal.shown.out };
}

describe("sluice diff", () => {
  it("names routes that nothing reaches any more, and who answers in their place", async () => {
    const api = `{ name: api, match: [{ uri: { prefix: /api/v2 } }], ${to("api")} }`;
    const all = `{ name: all, match: [{ uri: { prefix: /api } }], ${to("shop")} }`;
    const [base, head] = [virtualService([api, all]), virtualService([all, api])];
    const { exit, out } = await compared(base, head, "json");
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      exit: 0,
      unreachable: [
        {
          object: "VirtualService/prod/shop",
          route: 'http[1] "api"',
          takenBy: ['VirtualService/prod/shop http[0] "all"'],
          file: "vs.yaml",
          line: 9,
        },
      ],
    });
    expect((await compared(base, head, "pretty")).out).toContain(
      'VirtualService/prod/shop http[1] "api" answers nothing any more: VirtualService/prod/shop http[0] "all" comes first vs.yaml:9',
    );
    expect(JSON.parse((await compared(base, base, "json")).out).unreachable).toEqual([]);
  });

  it("says where it gave up", async () => {
    const table = (timeout: string) =>
      virtualService([
        ...Array.from(
          { length: 12 },
          (_, i) =>
            `{ timeout: ${timeout}, match: [{ uri: { regex: ".*w${i}q.*" }, headers: { h${i}: { exact: "1" } } }], ${to(`s${i}`)} }`,
        ),
        `{ timeout: ${timeout}, ${to("rest")} }`,
      ]);
    const { out } = await compared(table("1s"), table("2s"), "json");
    const { incomplete } = JSON.parse(out);
    expect(incomplete).toEqual([
      { host: "shop.example.com", gateway: "istio-system/public", reason: expect.any(String) },
    ]);
    const doubt = `shop.example.com through istio-system/public may differ further: ${incomplete[0].reason}`;
    const { out: report } = await compared(table("1s"), table("2s"), "pretty", check);
    expect(report).toContain(doubt);
    expect(report).toContain("1 host that may differ further");
  });
});
