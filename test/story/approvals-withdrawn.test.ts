import { describe, expect, it } from "vitest";
import { Approving, approvedBy, minute } from "./approving.ts";

const story = new Approving(45, approvedBy());

describe("command and receipt both stand, unedited, or nothing counts", () => {
  it("editing the command withdraws it, and editing it back revives nothing [lesson 5]", async () => {
    const { pull, command } = await story.approved();
    const { body } = command;
    story.github.editComment(pull, command, "bob", `${body} please`);
    expect(await story.conclusion(pull)).toBe("action_required");
    story.github.editComment(pull, command, "olivia", body);
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(story.replies(pull)).toHaveLength(1);
  });

  it("deleting the command withdraws it", async () => {
    const { pull, command } = await story.approved();
    story.github.deleteComment(pull, command, "bob");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("deleting the receipt withdraws it, and brings no second one", async () => {
    const { pull, receipt, check } = { ...(await story.approved()), check: null };
    expect(check).toBeNull();
    story.github.deleteComment(pull, receipt, "olivia");
    expect(await story.conclusion(pull)).toBe("action_required");
    await story.say(pull, "alice", "/recheck");
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(pull.comments.filter(({ body }) => body.includes("sluice:receipt"))).toEqual([]);
  });

  it("editing the receipt makes it worthless", async () => {
    const { pull, receipt } = await story.approved();
    story.github.editComment(pull, receipt, "olivia", `${receipt.body}\nand more`);
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a lost webhook of a deletion keeps nothing: the next look sees it", async () => {
    const { pull, command } = await story.approved();
    story.github.webhooks.plan({ kind: "drop" }, "issue_comment.deleted");
    story.github.deleteComment(pull, command, "bob");
    await story.say(pull, "alice", "/recheck");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a lost webhook of a command loses nothing: the next look answers it", async () => {
    const { pull, fingerprint } = await story.blocked();
    story.github.webhooks.plan({ kind: "drop" }, "issue_comment.created");
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("action_required");
    await story.say(pull, "alice", "/recheck");
    expect(await story.conclusion(pull)).toBe("success");
  });

  it("a doubled webhook is answered once", async () => {
    const { pull, fingerprint } = await story.blocked();
    story.github.webhooks.plan({ kind: "duplicate" }, "issue_comment.created");
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
    expect(story.replies(pull)).toHaveLength(1);
  });

  it("an approval whose receipt could not be written counts when it is", async () => {
    const { repo, pull, fingerprint } = await story.blocked();
    story.github.faults.plan(
      { kind: "status", status: 403 },
      { method: "POST", path: `/repos/acme/${repo.name}/issues/*/comments`, body: "sluice:receipt" },
    );
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
    expect(story.replies(pull)).toHaveLength(1);
  });
});

describe("what was never ours", () => {
  it("a forged marker and a copied receipt are worthless", async () => {
    const { pull, receipt, command } = await story.approved();
    story.github.deleteComment(pull, command, "bob");
    await story.say(pull, "mallory", receipt.body);
    await story.say(pull, "mallory", "<!-- sluice:receipt v1 e30.00 -->");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a receipt put together by ourselves under another key is worthless", async () => {
    const { pull, receipt, command } = await story.approved();
    const forged = receipt.body.replace(/\.[0-9a-f]{64} -->/, `.${"0".repeat(64)} -->`);
    story.github.deleteComment(pull, receipt, "olivia");
    await story.say(pull, "sluice[bot]", forged);
    await story.say(pull, "alice", "/recheck");
    expect(command.lastEditedAt).toBeNull();
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("the marker of a reply in somebody's comment does not silence Sluice", async () => {
    const { pull, fingerprint } = await story.blocked();
    const id = story.github.world.nextId() + 2;
    await story.say(pull, "mallory", `<!-- sluice:reply v1 comment:${id} -->`);
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
  });
});

describe("/revoke", () => {
  it.each([
    ["whoever gave it", "bob"],
    ["another approver", "nina"],
  ])("by %s takes the approval back", async (_who, by) => {
    const { pull } = await story.approved();
    await story.advance(minute);
    await story.say(pull, by, "/revoke");
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(story.answer(pull).body).toContain("Taken back");
  });

  it("by anybody else takes nothing", async () => {
    const { pull } = await story.approved();
    await story.advance(minute);
    await story.say(pull, "mallory", "/revoke");
    expect(await story.conclusion(pull)).toBe("success");
    expect(story.answer(pull).body).toContain("no approval here");
  });

  it("deleting it revives nothing, and a new approval counts", async () => {
    const { pull, fingerprint } = await story.approved();
    await story.advance(minute);
    const revocation = await story.say(pull, "bob", "/revoke");
    expect(await story.conclusion(pull)).toBe("action_required");
    story.github.deleteComment(pull, revocation, "bob");
    expect(await story.conclusion(pull)).toBe("action_required");
    await story.advance(minute);
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
  });

  it("deleted before anybody looked, it has revoked all the same", async () => {
    const { pull } = await story.approved();
    await story.advance(minute);
    story.github.deleteComment(pull, story.github.comment(pull, "bob", "/revoke"), "bob");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("closing and opening again revives nothing", async () => {
    const { pull } = await story.approved();
    await story.advance(minute);
    const revocation = await story.say(pull, "bob", "/revoke");
    story.github.deleteComment(pull, revocation, "bob");
    await story.stage.settled();
    await story.github.close(pull);
    await story.stage.settled();
    await story.github.reopen(pull);
    expect(await story.conclusion(pull)).toBe("action_required");
  });
});
