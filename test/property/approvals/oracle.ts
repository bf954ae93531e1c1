import { commandIn } from "../../../src/event/command.ts";
import { readReceipt } from "../../../src/policy/approvals/receipt.ts";
import { blockingOf, headOf, keys, life, type Person, type Pull, type State } from "./world.ts";

/** Why a published success would be wrong now; null when the present state grants everything that blocks. */
export function objection(state: State, pull: Pull): string | null {
  for (const { fingerprint } of blockingOf(pull)) {
    if (!isGranted(state, pull, fingerprint)) return `${fingerprint} is granted by nobody`;
  }
  return null;
}

/** Said in other words than the code's: look for one receipt behind which everything is still as it was. */
function isGranted(state: State, pull: Pull, fingerprint: string): boolean {
  return pull.comments.some((comment) => {
    if (!comment.ours || comment.edited) return false;
    const receipt = readReceipt(comment.body, keys, { repository: 7, pull: pull.number });
    if (!receipt?.fingerprints.includes(fingerprint)) return false;
    const { login } = receipt.approver as { login: Person };
    if (!state.members.includes(login) || login === "alice" || pull.contributors.includes(login))
      return false;
    if (state.now >= receipt.at + life) return false;
    if (isRevoked(state, pull, receipt.at, login)) return false;
    if (receipt.via === "button") return true;
    if (receipt.via === "review") {
      return pull.reviews.some(
        ({ id, author, commit }) =>
          `review:${id}` === receipt.key && author?.login === login && commit === headOf(pull),
      );
    }
    const command = pull.comments.find(({ id }) => `comment:${id}` === receipt.key);
    return command?.author?.login === login && !command.edited && commandIn(command.body)?.kind === "approve";
  });
}

/** A `/revoke` that stands and came later, by the giver or by another approver. */
function isRevoked(state: State, pull: Pull, at: number, giver: Person): boolean {
  return pull.comments.some(
    ({ author, ours, body, createdAt }) =>
      !ours &&
      createdAt >= at &&
      body === "/revoke" &&
      (author?.login === giver || state.members.includes(author?.login as Person)),
  );
}
