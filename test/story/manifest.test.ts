import { expect, it } from "vitest";
import { events, permissions } from "../../src/github/manifest.ts";
import { Approving, approvedBy } from "./approving.ts";
import { reviews } from "./mesh.ts";

const story = new Approving(5, approvedBy(", reviews: true", '["@acme/traffic", role:admin, codeowners]'));

it("one story of everything: an approval, a button, a review, a merge group, a push to main, another base", async () => {
  const { repo, pull, check, fingerprint } = await story.blocked();
  await story.say(pull, "mallory", `/approve-weight ${fingerprint}`);
  await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
  expect(await story.conclusion(pull)).toBe("success");
  await story.github.review(pull, "olivia", { state: "APPROVED" });
  await story.github.rerequest(check);
  await story.stage.settled();
  await story.github.enqueue([pull]);
  await story.stage.settled();
  await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": reviews(60, 40) } });
  await story.stage.settled();
  await story.github.retarget(pull, await other(repo));
  await story.stage.settled();
});

async function other(repo: Parameters<typeof story.open>[0]): Promise<string> {
  await story.github.push({ repo, branch: "release", files: { "notes.md": "release" } });
  return "release";
}

it("exactly the permissions of the app's manifest were used", () => {
  const asked = Object.entries(permissions).map(([name, { level }]) => `${name}:${level}`);
  const used = story.github.permissionsUsed();
  // Writing includes reading.
  const included = (permission: string) => asked.includes(permission.replace(":read", ":write"));
  expect(used.filter((permission) => !asked.includes(permission) && !included(permission))).toEqual([]);
  expect(asked.filter((permission) => !used.some((name) => name === permission))).toEqual([]);
});

it("exactly the events of the app's manifest were delivered", () => {
  const unasked = /^(check_run|check_suite|installation)/;
  const delivered = new Set(story.github.eventsDelivered().map((event) => event.split(".")[0]!));
  expect([...delivered].filter((event) => !unasked.test(event)).sort()).toEqual(Object.keys(events).sort());
});
