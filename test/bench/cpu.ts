import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: { readonly type: "minor" }) => void;

/** CPU time in milliseconds. What was prepared before is cleared away first: its garbage is not the work's to pay for. */
export function cpuTime(work: () => void): number {
  // What lives grows old in two turns.
  collect({ type: "minor" });
  collect({ type: "minor" });
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
