import { describe, expect, it } from "vitest";
import { commandTable } from "../../src/event/command-table.ts";
import { Approving, approvedBy } from "./approving.ts";

const story = new Approving(20, approvedBy());

describe("every command is answered once", () => {
  it.each([
    ["/sluice help", "/approve-weight"],
    ["/explain weight-step", "limits how much of a request class may move"],
    ["/explain no-such-rule", "There is no rule `no-such-rule`"],
    ["/recheck", "Evaluated again"],
    ["/revoke", "no approval here"],
    ["/approve-weigth", "Not understood"],
    ["/sluice dance", "Not understood"],
  ])("%s", async (command, reply) => {
    const { pull } = await story.blocked();
    await story.say(pull, "mallory", command);
    await story.say(pull, "mallory", "thanks");
    expect(story.replies(pull)).toHaveLength(1);
    expect(story.answer(pull).body).toContain(reply);
  });

  it("/simulate says the verdict, and the largest step that passes: one more does not", async () => {
    const { pull } = await story.blocked();
    await story.say(pull, "mallory", "/simulate prod/reviews 50/50");
    expect(story.answer(pull).body).toContain("**Blocked: ");
    expect(story.answer(pull).body).toContain("`reviews stable 70 %, reviews canary 30 %`");
    await story.say(pull, "mallory", "/simulate reviews 70/30");
    expect(story.answer(pull).body).toContain("**1 traffic shift**");
    await story.say(pull, "mallory", "/simulate reviews 69/31");
    expect(story.answer(pull).body).toContain("**Blocked: ");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it.each([
    ["/simulate nowhere 50/50", "no VirtualService of that name"],
    ["/simulate prod/reviews 50/30/20", "the route has 2 destinations, not 3"],
    ["/simulate prod/reviews 0/0", "add up to nothing"],
  ])("%s says why not", async (command, reply) => {
    const { pull } = await story.blocked();
    await story.say(pull, "mallory", command);
    expect(story.answer(pull).body).toContain(reply);
  });

  it("help is generated: usage, who may, example", async () => {
    const { pull } = await story.blocked();
    await story.say(pull, "mallory", "/sluice help");
    const { body } = story.answer(pull);
    for (const { usage, who, example } of commandTable) {
      for (const text of [usage.replaceAll("|", "\\|"), who, example]) expect(body).toContain(text);
    }
  });

  it("no reply is a command, so there is no loop [lesson 29]", async () => {
    const { pull } = await story.blocked();
    await story.say(pull, "mallory", "/sluice");
    await story.say(pull, "sluice[bot]", "/sluice help");
    expect(story.replies(pull)).toHaveLength(1);
    expect(
      story
        .answer(pull)
        .body.replace(/<!--.*?-->/gs, "")
        .trim(),
    ).not.toMatch(/^\//m);
  });

  it("commands in quotes, in code and of other bots are not ours", async () => {
    const { pull } = await story.blocked();
    await story.say(pull, "bob", "> /recheck\n\n```\n/recheck\n```\n\n/lgtm\n\nplease /recheck");
    expect(story.replies(pull)).toEqual([]);
  });

  it("a hostile reason cannot speak through the reply", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(
      pull,
      "bob",
      `/approve-weight ${fingerprint} @acme/all --> <b> [x](https://evil.example)`,
    );
    expect(await story.conclusion(pull)).toBe("success");
    const { body } = story.answer(pull);
    expect(body).not.toMatch(/@acme\/all|<b>|\]\(https:\/\/evil/);
    expect(
      pull.comments.filter((comment) => comment.body.startsWith("<!-- sluice:report v1 -->")),
    ).toHaveLength(1);
  });
});
