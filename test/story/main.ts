import { judge } from "../../src/gate.ts";
import { PullRequest as DrilledPullRequest } from "../worker/main.ts";

export {
  default,
  HeadCommit,
  MergeGroup,
  Redelivery,
  Repository,
  SharedRepository,
} from "../worker/main.ts";

/** The Worker as it ships, with alarms that the story rings. */
export class PullRequest extends DrilledPullRequest {
  protected override readonly judge = judge;
}
