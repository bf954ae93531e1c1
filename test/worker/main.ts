import type { Bindings } from "../../src/durable/bindings.ts";
import { HeadCommit as RealHeadCommit } from "../../src/durable/head-commit.ts";
import { MergeGroup as RealMergeGroup } from "../../src/durable/merge-group.ts";
import type { Pending } from "../../src/durable/pending.ts";
import { PullRequest as RealPullRequest } from "../../src/durable/pull-request.ts";
import { Repository as RealRepository } from "../../src/durable/repository.ts";
import { SharedRepository as RealSharedRepository } from "../../src/durable/shared-repository.ts";
import type { Turn } from "../../src/rules/moment.ts";
import { app } from "../../src/web/app.ts";
import { AlarmDrill, answerDrill, clock } from "./drill.ts";
import { judgeByFile } from "./judge-by-file.ts";

export { Redelivery } from "../../src/durable/redelivery.ts";

/** The Worker with a judge that does what a file of the pull request says, and with alarms that the test rings. */
export default {
  async fetch(request, env, context) {
    return (await answerDrill(request, env)) ?? app.fetch(request, env, context);
  },
  async scheduled(_controller, env) {
    await env.REDELIVERY.getByName("app").sweep();
  },
} satisfies ExportedHandler<Bindings>;

/** An alarm that waits for a verdict to turn rings when the clock says so, not because the test has nothing else to do. */
function waitsForTime(kv: SyncKvStorage, due: string, now: number): boolean {
  const at = kv.get<{ turn: Turn }>("waiting")?.turn.at;
  return kv.get(due) === undefined && at !== undefined && now < at;
}

export class PullRequest extends RealPullRequest {
  protected override readonly judge = judgeByFile;
  readonly #drill = new AlarmDrill(this.ctx.storage, () => super.alarm());
  override alarm(): Promise<void> {
    return this.#drill.run();
  }
  protected override now(): number {
    return super.now() + clock.ahead;
  }
  ring(): Promise<boolean> {
    return this.#drill.ring(!waitsForTime(this.ctx.storage.kv, "pending", this.now()));
  }
  due(): Promise<number | null> {
    return this.#drill.due();
  }
  /** Leaves the object as if the platform had ended it in the middle of so many looks. */
  async kill(times: number): Promise<void> {
    const { kv } = this.ctx.storage;
    kv.put("pending", { ...kv.get<Pending>("pending")!, running: true, crashes: times - 1 });
    await this.ctx.storage.setAlarm(Date.now() + 60_000);
  }
}

export class HeadCommit extends RealHeadCommit {
  readonly #drill = new AlarmDrill(this.ctx.storage, () => super.alarm());
  override alarm(): Promise<void> {
    return this.#drill.run();
  }
  ring(): Promise<boolean> {
    return this.#drill.ring();
  }
  due(): Promise<number | null> {
    return this.#drill.due();
  }
}

export class MergeGroup extends RealMergeGroup {
  readonly #drill = new AlarmDrill(this.ctx.storage, () => super.alarm());
  override alarm(): Promise<void> {
    return this.#drill.run();
  }
  protected override now(): number {
    return super.now() + clock.ahead;
  }
  ring(): Promise<boolean> {
    return this.#drill.ring(!waitsForTime(this.ctx.storage.kv, "due", this.now()));
  }
  due(): Promise<number | null> {
    return this.#drill.due();
  }
}

export class Repository extends RealRepository {
  readonly #drill = new AlarmDrill(this.ctx.storage, () => super.alarm());
  override alarm(): Promise<void> {
    return this.#drill.run();
  }
  ring(): Promise<boolean> {
    return this.#drill.ring();
  }
  due(): Promise<number | null> {
    return this.#drill.due();
  }
}

export class SharedRepository extends RealSharedRepository {
  readonly #drill = new AlarmDrill(this.ctx.storage, () => super.alarm());
  override alarm(): Promise<void> {
    return this.#drill.run();
  }
  ring(): Promise<boolean> {
    return this.#drill.ring();
  }
  due(): Promise<number | null> {
    return this.#drill.due();
  }
}
