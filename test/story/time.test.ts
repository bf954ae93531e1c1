import { describe, expect, it, vi } from "vitest";
import { wallTime } from "../../src/rules/wall-clock.ts";
import type { PullRequest } from "../github/index.ts";
import { hour, minute } from "./approving.ts";
import { reviews, Story } from "./mesh.ts";

const day = 24 * hour;
// Each of these stories takes as many looks as five others.
vi.setConfig({ testTimeout: 150_000 });
const zone = "Europe/Berlin";
const begun = Date.now();
/** The clocks of Berlin change here, forward and back or back and forward. */
const changes = clockChanges(begun + 60 * day);
/** The last day of the exception. */
const lastDay = dateOf(begun + 20 * day);

const policy = `version: 1
mode: enforce
roles: { stable: [stable] }
rules:
  weight-step: { severity: block, maxStep: 20 }
  canary-soak: { severity: block, soak: 30m }
  change-freeze:
    severity: block
    windows:
${changes.map((change) => `      - { from: ${nightOf(change).from}, to: ${nightOf(change).to}, zone: ${zone} }`).join("\n")}
exceptions:
  - { rule: weight-step, object: VirtualService/prod/reviews, reason: migration, owner: "@acme/data", ticket: MESH-1, expires: ${lastDay} }
`;

const story = new Story(10, policy);
/** What the Worker and GitHub take for the time, give or take the seconds that tests need. */
let ahead = 0;

async function advance(milliseconds: number) {
  ahead += milliseconds;
  await story.stage.advance(milliseconds);
  await story.stage.settled();
}

/** Time passes until an instant. */
const reach = (instant: number) => advance(instant - (Date.now() + ahead));

const name = (pull: PullRequest) => `${pull.repository.id}/${pull.number}`;
const runs = (pull: PullRequest) => story.runs(pull.repository, pull.headSha);
const conclusions = (pull: PullRequest) => runs(pull).map(({ conclusion }) => conclusion);

/** A step that was made three hours before it was merged, and the next one, opened a moment after. */
async function soaking() {
  const repo = story.repository();
  const first = await story.open(repo, { "mesh/reviews.yaml": reviews(80, 20) }, { head: "first" });
  await advance(3 * hour);
  await story.github.merge(first);
  const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(65, 35) }, { head: "next" });
  return { repo, pull, check: await story.check(pull) };
}

describe("a soak", () => {
  it("opens by alarm: counted from the merge, told when, green without any event and by one more run", async () => {
    const { pull, check } = await soaking();
    expect(check.conclusion).toBe("failure");
    expect(check.output.title).toMatch(
      /: the next step of every request opens at \w{3} \S+ \d\d:\d\d UTC: the last/,
    );
    expect(check.output.summary).toMatch(/All of this is over by itself at \w{3} \S+ \d\d:\d\d UTC\./);
    expect(check.output.summary).toContain("Time alone may change this verdict: a soak ends at");
    const delivered = story.github.webhooks.deliveries.length;
    await advance(28 * minute);
    expect(conclusions(pull)).toEqual(["failure"]);
    await story.stage.evict("PULL_REQUEST", name(pull));
    await advance(3 * minute);
    expect(conclusions(pull)).toEqual(["failure", "success"]);
    const events = story.github.webhooks.deliveries.slice(delivered).map(({ event }) => event);
    expect(events.filter((event) => event === "push" || event === "pull_request")).toEqual([]);
    expect(story.stage.logs()).toContainEqual(expect.objectContaining({ reason: "a soak ends" }));
  });

  it("goes on where something is pushed meanwhile", async () => {
    const { repo, pull } = await soaking();
    await advance(20 * minute);
    await story.github.push({ repo, branch: "next", files: { "mesh/reviews.yaml": reviews(70, 30) } });
    expect((await story.check(pull)).conclusion).toBe("failure");
    await advance(11 * minute);
    expect(conclusions(pull)).toEqual(["failure", "success"]);
  });

  it("is forgotten with the pull request", async () => {
    const { pull } = await soaking();
    await story.github.close(pull);
    await story.stage.settled();
    expect(await story.stage.due("PULL_REQUEST", name(pull))).toBeNull();
    await advance(31 * minute);
    expect(conclusions(pull)).not.toContain("success");
  });
});

describe("an exception", () => {
  it("is announced two weeks before it ends, and ends by alarm", async () => {
    const pull = await story.open(story.repository(), { "mesh/reviews.yaml": reviews(40, 60) });
    const check = await story.check(pull);
    expect(check).toMatchObject({ conclusion: "success", output: { title: "1 traffic shift, 1 warning" } });
    const end = Date.parse(`${lastDay}T00:00:00Z`) + day;
    await reach(end - 14 * day - minute);
    expect(conclusions(pull)).toEqual(["success"]);
    await advance(2 * minute);
    expect(conclusions(pull)).toEqual(["success", "success"]);
    expect((await story.check(pull)).output.summary).toContain(`expires on ${lastDay}`);
    await reach(end - minute);
    expect(conclusions(pull)).toEqual(["success", "success"]);
    await advance(2 * minute);
    expect(conclusions(pull)).toEqual(["success", "success", "failure"]);
    expect((await story.check(pull)).output.summary).toContain(`expired on ${lastDay}`);
    await story.github.close(pull);
  });
});

describe.each(changes)("a freeze across the night in which Berlin's clocks change, %#", (change) => {
  it("begins and ends by alarm at the times that its clocks show, and lets go back meanwhile", async () => {
    const { start, end, hours } = nightOf(change);
    await reach(start - minute);
    const repo = story.repository();
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(75, 25) });
    expect((await story.check(pull)).output.summary).toContain("a freeze begins at");
    expect(conclusions(pull)).toEqual(["success"]);
    const group = await story.github.enqueue([pull]);
    await story.stage.settled();
    await advance(2 * minute);
    expect(conclusions(pull)).toEqual(["success", "failure"]);
    expect((await story.check(pull)).output.title).toContain("traffic is frozen until Sun");
    expect((await story.check(pull)).output.title).toContain("08:00 Europe/Berlin");
    expect(story.runs(repo, group.head).map(({ conclusion }) => conclusion)).toEqual(["success", "failure"]);
    const back = await story.open(repo, { "mesh/reviews.yaml": reviews(100, 0) }, { head: "back" });
    expect((await story.check(back)).conclusion).toBe("success");
    await advance((hours * 60 - 4) * minute);
    expect(conclusions(pull)).toEqual(["success", "failure"]);
    await reach(end + minute);
    expect(conclusions(pull)).toEqual(["success", "failure", "success"]);
  });
});

/** The first instants after a moment at which the clocks of Berlin go forward and back. */
function clockChanges(after: number): number[] {
  const offset = (instant: number) => wallTime(instant, zone) - instant;
  const first = Math.ceil(after / hour) * hour;
  const hours = Array.from({ length: 370 * 24 }, (_, index) => first + index * hour);
  return hours.filter((instant) => offset(instant) !== offset(instant - hour)).slice(0, 2);
}

/** The night from Saturday, 17:00, to Sunday, 08:00: an hour shorter in spring, an hour longer in autumn. */
function nightOf(change: number) {
  const sunday = Math.floor(wallTime(change, zone) / day) * day;
  const [before, after] = [change - 1, change].map((instant) => wallTime(instant, zone) - instant);
  const start = sunday - 7 * hour - Math.round(before! / hour) * hour;
  const end = sunday + 8 * hour - after!;
  return {
    from: `${dateOf(sunday - day)}T17:00`,
    to: `${dateOf(sunday)}T08:00`,
    start,
    end,
    hours: (end - start) / hour,
  };
}

function dateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
