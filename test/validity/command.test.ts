import { describe, expect, test } from "vitest";
import { validate } from "../../src/cli/validate.ts";
import { answerBatch } from "../../src/cli/validate-batch.ts";
import { folder, recording } from "../cli/folder.ts";

const sidecar = (host: string) => `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress:
    - hosts: ["${host}"]
`;
const service = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n";

async function run(files: Record<string, string | Uint8Array>, ...args: string[]) {
  const terminal = recording(folder(files));
  return { exit: await validate.run(args, terminal), ...terminal.shown };
}

describe("sluice validate PATH…", () => {
  test("shows what is refused, with its line and what to write", async () => {
    const { exit, out } = await run(
      { "mesh/a.yaml": `${service}---\n${sidecar("reviews")}`, "mesh/b.yaml": sidecar("./*") },
      "mesh",
    );
    expect(exit).toBe(1);
    expect(out).toBe(`error mesh/a.yaml:10:15 "reviews" must have the form \`namespace/host\`
      - hosts: ["reviews"]
                ^
  → write \`./reviews\` or \`*/reviews\`

✗ 1 of 2 Istio objects would be refused
`);
  });

  test("passes over objects that are not Istio's", async () => {
    expect(
      await run({ "a.yaml": `${service}---\n${sidecar("./*")}`, "readme.md": "#" }, "a.yaml"),
    ).toMatchObject({ exit: 0, out: "✓ 1 Istio object accepted\n" });
  });

  test("does not pass what it cannot read", async () => {
    const { exit, out } = await run(
      {
        "a.yaml": sidecar("./*"),
        "b.yaml": "apiVersion: networking.istio.io/v1\nkind: Sidecar\nspec: [",
        "c.yaml": new Uint8Array([255, 254]),
      },
      ".",
    );
    expect(exit).toBe(2);
    expect(out).toContain("not evaluated b.yaml:");
    expect(out).toContain("not evaluated c.yaml:1:1 the file is not UTF-8 text");
    expect(out).toContain("✗ 1 Istio object accepted; 2 files could not be evaluated\n");
  });

  test("answers in JSON", async () => {
    const { exit, out } = await run({ "a.yaml": sidecar("reviews") }, "a.yaml", "--format", "json");
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      exit: 1,
      objects: [
        {
          object: "Sidecar/prod/default",
          file: "a.yaml",
          line: 1,
          accepted: false,
          webhook: {
            valid: false,
            errors: [
              {
                code: "invalid-host",
                line: 6,
                column: 15,
                message: '"reviews" must have the form `namespace/host`',
                fix: "write `./reviews` or `*/reviews`",
              },
            ],
            warnings: [],
          },
          crd: { valid: true, errors: [] },
        },
      ],
      notEvaluated: [],
    });
  });

  test("refuses what only strict decoding refuses", async () => {
    const { out } = await run({ "a.yaml": `${sidecar("./*")}  egress: []\n` }, "a.yaml", "--format", "json");
    const [object] = JSON.parse(out).objects;
    expect([object.accepted, object.crd.valid]).toEqual([false, false]);
  });

  test("wants a path, a known format, and existing files", async () => {
    await expect(run({})).rejects.toThrow("name a file or a folder");
    await expect(run({}, "a.yaml")).rejects.toThrow("there is no file or folder a.yaml");
    await expect(run({ "a.yaml": "" }, "a.yaml", "--format", "xml")).rejects.toThrow(
      "--format is one of pretty, json",
    );
    await expect(run({}, "--batch", "a.yaml")).rejects.toThrow("takes no PATH");
    await expect(run({}, "--foo")).rejects.toThrow("--foo");
  });
});

describe("sluice validate --batch", () => {
  const answers = (...lines: unknown[]) =>
    answerBatch(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"))
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text));

  test("answers each line by a line, in order", () => {
    const [first, second] = answers(
      { name: "a", manifest: sidecar("./*") },
      { name: "b", manifest: sidecar("reviews") },
    );
    expect(first).toEqual({
      name: "a",
      accepted: true,
      webhook: { valid: true, errors: [], warnings: [] },
      crd: { valid: true, errors: [] },
    });
    expect(second).toMatchObject({
      name: "b",
      accepted: false,
      webhook: { valid: false, errors: [{ code: "invalid-host", line: 6 }] },
      crd: { valid: true },
    });
  });

  test("judges all documents of a manifest together", () => {
    const [answer] = answers({
      name: "a",
      manifest: `${sidecar("./*")}---\n${service}---\n${sidecar("reviews")}`,
    });
    expect(answer).toMatchObject({ accepted: false, webhook: { valid: false }, crd: { valid: true } });
  });

  test("answers lines that make no sense, and goes on", () => {
    const judged = answers(
      "{",
      "5",
      { name: 7 },
      { name: "x", manifest: 5 },
      { name: "y", manifest: "" },
      { name: "z", manifest: "a: [" },
      "",
      { name: "ok", manifest: sidecar("./*") },
    );
    expect(judged.map(({ name, accepted }) => [name, accepted])).toEqual([
      [null, false],
      [null, false],
      [7, false],
      ["x", false],
      ["y", false],
      ["z", false],
      ["ok", true],
    ]);
    for (const { webhook, crd } of judged.slice(0, -1))
      expect([webhook.errors.length, crd.errors.length]).toEqual([1, 1]);
  });

  test("reads standard input", async () => {
    const terminal = recording(folder({}), `${JSON.stringify({ name: "a", manifest: sidecar("./*") })}\n`);
    expect(await validate.run(["--batch"], terminal)).toBe(0);
    expect(JSON.parse(terminal.shown.out)).toMatchObject({ name: "a", accepted: true });
  });
});
