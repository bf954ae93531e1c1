import type { PullRequest, Review } from "../pull-request.ts";
import type { Account } from "../world.ts";
import type { Scene } from "./pushes.ts";

export interface NewReview {
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  readonly body?: string;
  /** The commit the reviewer looked at. Default: the head. */
  readonly commit?: string;
}

/** Submits a person's review. */
export async function submitReview(
  { world, events }: Scene,
  pull: PullRequest,
  author: Account,
  review: NewReview,
): Promise<Review> {
  const submitted: Review = {
    id: world.nextId(),
    author,
    body: review.body ?? "",
    state: review.state,
    commit: review.commit ?? pull.headSha,
    submittedAt: world.now(),
  };
  pull.reviews.push(submitted);
  await events.review("submitted", pull, submitted, author);
  return submitted;
}

/** Dismisses a review: it counts no longer. */
export async function dismissReview(
  { events }: Scene,
  pull: PullRequest,
  review: Review,
  sender: Account,
): Promise<void> {
  review.state = "DISMISSED";
  await events.review("dismissed", pull, review, sender);
}
