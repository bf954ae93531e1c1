import type { Said } from "../../../src/event/job.ts";
import type { Remark } from "../../../src/policy/approvals/conversation.ts";
import { account, buttonOf, fingerprintOf, headOf, life, type Person, remark, type State } from "./world.ts";

/** Something that people do, on pull request `pull`. `pick` chooses among what is there. */
export type Deed =
  | { readonly do: "push"; readonly pull: number; readonly size: number; readonly by: Person }
  | { readonly do: "retarget"; readonly pull: number }
  | { readonly do: "approve"; readonly pull: number; readonly by: Person; readonly bare: boolean }
  | { readonly do: "revoke"; readonly pull: number; readonly by: Person }
  | { readonly do: "review"; readonly pull: number; readonly by: Person }
  | { readonly do: "press"; readonly pull: number; readonly by: Person }
  | { readonly do: "edit"; readonly pull: number; readonly pick: number }
  | { readonly do: "delete"; readonly pull: number; readonly pick: number }
  | { readonly do: "copy"; readonly pull: number; readonly pick: number; readonly by: Person }
  | { readonly do: "role"; readonly by: Person; readonly member: boolean }
  | { readonly do: "time"; readonly passes: number };

/** Does it, and puts into the line what GitHub would deliver. */
export function perform(state: State, deed: Deed): void {
  state.now += 1_000;
  if (deed.do === "role") {
    state.members = state.members.filter((member) => member !== deed.by);
    if (deed.member) state.members = [...state.members, deed.by];
    return;
  }
  if (deed.do === "time") {
    state.now += deed.passes;
    return;
  }
  const pull = state.pulls[(deed.pull - 1) % state.pulls.length]!;
  const tell = (said: Said = {}) => state.line.push({ pull: pull.number, said });
  const say = (by: Person, body: string) => {
    const comment = remark(state, by, body);
    pull.comments = [...pull.comments, comment];
    tell({ command: comment.id });
  };
  switch (deed.do) {
    case "push":
      pull.size = deed.size;
      pull.commits += 1;
      pull.contributors = [...new Set([...pull.contributors, deed.by])];
      tell();
      break;
    case "retarget":
      pull.base = pull.base === "main" ? "release" : "main";
      tell();
      break;
    case "approve":
      say(deed.by, `/approve-weight ${deed.bare ? "all" : fingerprintOf(pull)} because`);
      break;
    case "revoke":
      say(deed.by, "/revoke");
      break;
    case "review": {
      const review = {
        id: state.nextId++,
        author: { ...account(deed.by), human: true },
        approving: true,
        commit: headOf(pull),
        submittedAt: state.now,
        edited: false,
      };
      pull.reviews = [...pull.reviews, review];
      tell();
      break;
    }
    case "press": {
      const delivery = `delivery-${state.nextId++}`;
      const pressed = { delivery, by: account(deed.by), head: headOf(pull), identifier: buttonOf(pull) };
      tell({ pressed });
      break;
    }
    case "copy": {
      const copied = picked(pull.comments, deed.pick);
      if (copied) say(deed.by, copied.body);
      break;
    }
    case "edit":
    case "delete": {
      const comment = picked(pull.comments, deed.pick);
      if (!comment) return;
      const others = pull.comments.filter(({ id }) => id !== comment.id);
      // Editing twice brings the old words back, and still is an edit.
      const body = comment.body.endsWith(" edited") ? comment.body.slice(0, -7) : `${comment.body} edited`;
      const edited = { ...comment, body, edited: true };
      pull.comments =
        deed.do === "delete" ? others : pull.comments.map((one) => (one === comment ? edited : one));
      const revoked =
        !comment.ours && !comment.edited && comment.body === "/revoke" ? { revoked: comment } : {};
      tell({ withdrawn: `comment:${comment.id}`, ...revoked });
    }
  }
}

function picked(comments: readonly Remark[], pick: number): Remark | undefined {
  return comments.length === 0 ? undefined : comments[pick % comments.length];
}

export const afterLife = life + 60_000;
