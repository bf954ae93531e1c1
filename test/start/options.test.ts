import { expect, test } from "vitest";
import { parseOptions, UsageError } from "./options.ts";

test("without options the sample is shown, on the usual port, until the user ends it", () => {
  expect(parseOptions([], "/home/me")).toEqual({ own: null, once: false, port: null, verbose: false });
});

test("paths are meant from the folder one stands in", () => {
  const args = ["--repo", "../my-mesh", "--base", "main", "--head", "my-branch", "--policy", "policy.yaml"];
  expect(parseOptions(args, "/home/me/sluice")?.own).toEqual({
    path: "/home/me/my-mesh",
    base: "main",
    head: "my-branch",
    policy: "/home/me/sluice/policy.yaml",
  });
});

test("--help is not an error", () => {
  expect(parseOptions(["--help"], "/")).toBeNull();
});

test.each([
  [["--nope"]],
  [["stray"]],
  [["--repo"]],
  [["--base", "main"]],
  [["--head", "x"]],
  [["--policy", "x"]],
  [["--port", "0"]],
  [["--port", "65536"]],
  [["--port", "80a"]],
])("%j is refused as usage", (args) => {
  expect(() => parseOptions(args, "/")).toThrow(UsageError);
});
