import type { Contract } from "./contract/contract.ts";
import type { Authentication } from "./http/authentication.ts";
import type { Ledger } from "./ledger.ts";
import type { Visibility } from "./visibility.ts";
import type { Events } from "./webhooks/events.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** What handlers work with besides the world itself. */
export interface LocalServices {
  readonly authentication: Authentication;
  readonly contract: Contract;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly ledger: Ledger;
  readonly visibility: Visibility;
  /** Entries that `git/trees` lists before it cuts; a knob, since nobody wants to commit 100,000 files. */
  readonly treeEntries: () => number;
}
