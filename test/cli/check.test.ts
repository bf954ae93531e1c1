import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../src/cli/check.ts";
import { folder, git, recording, write } from "./folder.ts";

const virtualService = (stable: number, canary: number, timeout = "5s") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: prod
spec:
  hosts: [reviews]
  http:
    - ${timeout ? `timeout: ${timeout}` : "name: browse"}
      route:
        - destination:
            host: reviews
            subset: stable
          weight: ${stable}
        - destination:
            host: reviews
            subset: canary
          weight: ${canary}
`;

const sidecar = (host: string) => `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  name: default
  namespace: prod
spec:
  egress:
    - hosts:
        - "./*"
        - "${host}"
`;

async function run(
  base: Record<string, string | Uint8Array>,
  head: Record<string, string | Uint8Array>,
  ...args: string[]
) {
  const terminal = recording(folder({}));
  const exit = await check.run(
    ["--base", folder(base), "--head", folder(head), "--format", "json", ...args],
    terminal,
  );
  return { exit, report: JSON.parse(terminal.shown.out) };
}

describe("sluice check on two folders", () => {
  it("blocks 90/10 → 40/60 on the line of the weight", async () => {
    const { exit, report } = await run(
      { "vs.yaml": virtualService(90, 10) },
      { "vs.yaml": virtualService(40, 60) },
    );
    expect(exit).toBe(1);
    expect(report).toMatchObject({ version: 1, conclusion: "failure", exit: 1 });
    expect(report.shifts).toHaveLength(1);
    expect(report.shifts[0]).toMatchObject({
      object: "VirtualService/prod/reviews",
      host: "reviews.prod.svc.cluster.local",
      gateway: "mesh",
      points: 50,
      rollback: false,
      certainty: "certain",
      before: [
        { destination: "reviews.prod.svc.cluster.local stable", share: 90 },
        { destination: "reviews.prod.svc.cluster.local canary", share: 10 },
      ],
    });
    const [finding] = report.findings.filter(({ severity }: { severity: string }) => severity === "block");
    expect(finding).toMatchObject({
      rule: "weight-step",
      state: "new",
      certainty: "certain",
      object: "VirtualService/prod/reviews",
      file: "vs.yaml",
      line: 18,
      limit: { value: "20", source: expect.stringMatching(/^recommended@1:\d+$/) },
    });
    expect(finding.fix).toContain("30 %");
    expect(finding.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it("lets 40/60 → 100/0 pass as a rollback", async () => {
    const { exit, report } = await run(
      { "vs.yaml": virtualService(40, 60) },
      { "vs.yaml": virtualService(100, 0) },
    );
    expect(exit).toBe(0);
    expect(report.shifts[0]).toMatchObject({ points: 60, rollback: true });
  });

  it("blocks 90/10 → 0/100, which drains the stable one", async () => {
    const { exit, report } = await run(
      { "vs.yaml": virtualService(90, 10) },
      { "vs.yaml": virtualService(0, 100) },
    );
    expect(exit).toBe(1);
    expect(report.shifts[0]).toMatchObject({ points: 90, rollback: false });
  });

  it("names a removed timeout and an opened Sidecar with file and line", async () => {
    const { exit, report } = await run(
      { "vs.yaml": virtualService(90, 10), "sidecar.yaml": sidecar("istio-system/*") },
      { "vs.yaml": virtualService(90, 10, ""), "sidecar.yaml": sidecar("*/*") },
    );
    expect(exit).toBe(1);
    expect(report.shifts).toEqual([]);
    expect(report.changes).toContainEqual(
      expect.objectContaining({
        kind: "timeout",
        object: "VirtualService/prod/reviews",
        before: "5s",
        after: "none",
        direction: "looser",
        file: "vs.yaml",
        line: 9,
      }),
    );
    expect(report.changes).toContainEqual(
      expect.objectContaining({
        kind: "egress",
        object: "Sidecar/prod/default",
        direction: "looser",
        file: "sidecar.yaml",
      }),
    );
    expect(report.findings).toContainEqual(
      expect.objectContaining({ rule: "sidecar-egress-scope", file: "sidecar.yaml", line: 10 }),
    );
  });

  const tidy = virtualService(90, 10);
  it.each<[string, Record<string, string>]>([
    ["a comment", { "vs.yaml": `# hello\n${tidy.replace("weight: 10", "weight: 10 # little")}` }],
    ["a moved file", { "mesh/reviews.yaml": tidy }],
    ["other weights of the same shares", { "vs.yaml": virtualService(9, 1) }],
    ["another apiVersion", { "vs.yaml": tidy.replace("io/v1", "io/v1beta1") }],
    ["CRLF and a BOM", { "vs.yaml": `\ufeff${tidy.replaceAll("\n", "\r\n")}` }],
    [
      "JSON with other key order",
      {
        "vs.json": JSON.stringify({
          spec: {
            http: [
              {
                route: [
                  { weight: 90, destination: { subset: "stable", host: "reviews" } },
                  { weight: 10, destination: { subset: "canary", host: "reviews" } },
                ],
                timeout: "5s",
              },
            ],
            hosts: ["reviews"],
          },
          metadata: { namespace: "prod", name: "reviews" },
          kind: "VirtualService",
          apiVersion: "networking.istio.io/v1",
        }),
      },
    ],
    [
      "a second document",
      { "vs.yaml": `${tidy}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n` },
    ],
  ])("says no traffic change for %s", async (_name, head) => {
    const { exit, report } = await run({ "vs.yaml": tidy }, head);
    expect(report).toMatchObject({
      conclusion: "success",
      title: "No traffic change",
      shifts: [],
      changes: [],
    });
    expect(exit).toBe(0);
  });

  it("says no mesh change when nothing is about the mesh", async () => {
    const { exit, report } = await run({ "a.yaml": "a: 1\n" }, { "a.yaml": "a: 2\n" });
    expect(report).toMatchObject({ conclusion: "success", title: "No mesh change" });
    expect(exit).toBe(0);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["broken YAML", virtualService(40, 60).replace("hosts: [reviews]", "hosts: [reviews"), /./],
    ["not UTF-8", Buffer.from([0x6b, 0x69, 0x6e, 0x64, 0x3a, 0xff]), /UTF-8/],
    ["binary", Buffer.from([0x6b, 0, 1]), /binary/],
    ["a tab for indentation", virtualService(40, 60).replace("  hosts", "\thosts"), /tab/i],
  ])("could not evaluate %s: exit 2", async (_name, text, reason) => {
    const { exit, report } = await run({ "vs.yaml": virtualService(90, 10) }, { "vs.yaml": text });
    expect(exit).toBe(2);
    expect(report).toMatchObject({
      conclusion: "failure",
      title: expect.stringMatching(/^Could not evaluate/),
    });
    expect(report.notEvaluated[0]).toMatchObject({ file: "vs.yaml", reason: expect.stringMatching(reason) });
  });

  it("observes when the policy says so, and enforces when told to", async () => {
    const policy = folder({ "p.yaml": "version: 1\nmode: observe\n" });
    const states = [{ "vs.yaml": virtualService(90, 10) }, { "vs.yaml": virtualService(40, 60) }] as const;
    const observed = await run(...states, "--policy", `${policy}/p.yaml`);
    expect(observed.exit).toBe(0);
    expect(observed.report).toMatchObject({
      conclusion: "success",
      title: expect.stringMatching(/^Would block: /),
    });
    const enforced = await run(...states, "--policy", `${policy}/p.yaml`, "--enforce");
    expect(enforced.exit).toBe(1);
  });

  it("somebody who may approve makes it action_required", async () => {
    const policy = folder({
      "p.yaml": 'version: 1\napprovals: { weight: { approvers: ["@acme/traffic"] } }\n',
    });
    const { exit, report } = await run(
      { "vs.yaml": virtualService(90, 10) },
      { "vs.yaml": virtualService(40, 60) },
      "--policy",
      `${policy}/p.yaml`,
    );
    expect(exit).toBe(1);
    expect(report.conclusion).toBe("action_required");
  });
});

describe("sluice check in a Git repository", () => {
  it("compares the working tree with the merge base of the default branch", async () => {
    const repository = folder({ "vs.yaml": virtualService(90, 10) });
    git(repository, "init", "-q");
    git(repository, "add", "-A");
    git(repository, "commit", "-qm", "base");
    git(repository, "checkout", "-qb", "feature");
    write(repository, { "vs.yaml": virtualService(40, 60) });
    const terminal = recording(repository);
    expect(await check.run([], terminal)).toBe(1);
    expect(terminal.shown.out).toMatchInlineSnapshot(`
      "✗ Blocked: VirtualService/prod/reviews: 50 points of every request move in one step; at most 20 points at once

      reviews.prod.svc.cluster.local: every request
        before  stable 90 %, canary 10 %
        after   stable 40 %, canary 60 %
        moved   50 points
        try     curl http://reviews.prod.svc.cluster.local/

      [block] weight-step: 50 points of every request move in one step; at most 20 points at once
        of    VirtualService/prod/reviews
        at    vs.yaml:18
        18 |           weight: 60
           |                   ^
        why   a step that is small enough to watch is a step that can be taken back before most callers notice; going back to the stable destination is never limited
        do    move at most 20 points now: reviews.prod.svc.cluster.local canary may go to 30 %
        limit 20, set in recommended@1:10

      1 more that the base has already: outlier-detection

      policy: recommended@1 (no policy file)
      "
    `);
    git(repository, "commit", "-qam", "head");
    expect(await check.run(["--base", "main", "--head", "feature"], recording(repository))).toBe(1);
    expect(await check.run(["--base", "feature", "--head", "feature"], recording(repository))).toBe(0);
    const bare = folder({});
    git(bare, "clone", "-q", "--bare", repository, ".");
    expect(await check.run(["--base", "main", "--head", "feature"], recording(bare))).toBe(1);
  });

  it("refuses what names neither a folder nor a revision", async () => {
    const repository = folder({});
    await expect(check.run(["--base", "nope", "--head", "nope"], recording(repository))).rejects.toThrow(
      /neither a folder nor a revision/,
    );
  });
});

describe("who is stable, as the default branch's history proves it", () => {
  const versions = (v1: number, v2: number) =>
    virtualService(v1, v2).replace("subset: stable", "subset: v1").replace("subset: canary", "subset: v2");

  /** A repository whose main went through these states, with the last state as a branch of its own. */
  async function checked(states: readonly string[]) {
    const repository = folder({});
    git(repository, "init", "-q");
    for (const [index, text] of states.entries()) {
      if (index === states.length - 1) git(repository, "checkout", "-qb", "feature");
      write(repository, { "vs.yaml": text });
      git(repository, "add", "-A");
      git(repository, "commit", "-qm", `state ${index}`);
    }
    const terminal = recording(repository);
    const exit = await check.run(["--base", "main", "--head", "feature", "--format", "json"], terminal);
    return { exit, shift: JSON.parse(terminal.shown.out).shifts[0] };
  }

  it("going back to who held everything last is a rollback, whatever its name", async () => {
    const { exit, shift } = await checked([versions(100, 0), versions(50, 50), versions(100, 0)]);
    expect(shift).toMatchObject({ points: 50, rollback: true });
    expect(exit).toBe(0);
  });

  it("going back to who held everything in some earlier release is not", async () => {
    const { exit, shift } = await checked([
      versions(100, 0),
      versions(0, 100),
      versions(50, 50),
      versions(100, 0),
    ]);
    expect(shift).toMatchObject({ points: 50, rollback: false });
    expect(exit).toBe(1);
  });

  it("history beats names", async () => {
    const { exit, shift } = await checked([
      virtualService(0, 100),
      virtualService(50, 50),
      virtualService(100, 0),
    ]);
    expect(shift).toMatchObject({ points: 50, rollback: false });
    expect(exit).toBe(1);
  });

  it("without a past that tells, names decide", async () => {
    const { exit, shift } = await checked([virtualService(50, 50), virtualService(100, 0)]);
    expect(shift).toMatchObject({ rollback: true });
    expect(exit).toBe(0);
  });
});

describe("sluice check and what policy tells a change by", () => {
  const policy = `version: 1
overlays:
  - when: { repository: "acme/old-*" }
    mode: observe
  - when: { branch: release }
    rules: { weight-step: { maxStep: 5 } }
`;
  const states = { base: { "vs.yaml": virtualService(90, 10) }, head: { "vs.yaml": virtualService(75, 25) } };

  it("takes repository and branch from the command line", async () => {
    const named = async (...args: string[]) =>
      (await run(states.base, states.head, "--policy", join(folder({ "p.yaml": policy }), "p.yaml"), ...args))
        .report.title;
    expect(await named()).toBe("1 traffic shift");
    expect(await named("--branch", "release")).toMatch(/^Blocked: .*at most 5 points/);
    expect(await named("--branch", "release", "--repository", "acme/old-shop")).toMatch(/^Would block: /);
  });

  it("else from the Git repository", async () => {
    const path = folder({ ".github/sluice.yaml": policy, ...states.base });
    git(path, "init", "-q", "-b", "release");
    git(path, "remote", "add", "origin", "git@github.example:acme/old-shop.git");
    git(path, "add", ".");
    git(path, "commit", "-qm", "base");
    write(path, states.head);
    const title = async (...args: string[]) => {
      const terminal = recording(path);
      await check.run(["--base", "release", "--format", "json", ...args], terminal);
      return JSON.parse(terminal.shown.out).title;
    };
    expect(await title("--branch", "release")).toMatch(/^Would block: /);
    git(path, "remote", "set-url", "origin", "https://github.example/acme/shop");
    expect(await title("--branch", "release")).toMatch(/^Blocked: .*at most 5 points/);
    expect(await title()).toBe("1 traffic shift");
  });
});
