import { compareTraffic } from "../../src/traffic/compare.ts";
import { meshOf } from "../traffic/generate.ts";
import type { Service } from "../traffic/oracle.ts";
import { cpuTime } from "./cpu.ts";
import { asManifests, loadPrototype, type Prototype, prototypePath } from "./prototype.ts";
import type { Row } from "./row.ts";
import { adversarial, edited, realistic, service, slower, split } from "./tables.ts";

/** Two states of the same VirtualServices. */
interface Pair {
  readonly name: string;
  readonly base: readonly Service[];
  readonly head: readonly Service[];
  readonly rounds: number;
}

/** What one comparer costs on a pair. */
interface Figure {
  readonly milliseconds: number;
  readonly isComplete: boolean;
}

/** Prepares a pair afresh, then compares it and says whether it got to the end. */
type Comparer = (pair: Pair) => () => boolean;

/** Objects that share nothing, as two readings of two files do not. */
const fresh = (services: readonly Service[]) => JSON.parse(JSON.stringify(services)) as Service[];

const ours: Comparer = ({ base, head }) => {
  const [before, after] = [meshOf(fresh(base)), meshOf(fresh(head))];
  return () => compareTraffic(before, after).incomplete.length === 0;
};

/** With routes that nothing reaches, which ours always looks for, or without. */
const theirs =
  (prototype: Prototype, shadows: boolean): Comparer =>
  ({ base, head }) => {
    const [before, after] = [asManifests(fresh(base)), asManifests(fresh(head))];
    return () => prototype(before, after, { shadows }).ctx.every(({ overflow }) => !overflow);
  };

/**
 * The least of several rounds in milliseconds of CPU time: whatever else the machine does only adds to it. The comparers
 * take turns, so that it does so to all of them alike.
 */
function measure(pair: Pair, comparers: readonly Comparer[]): Figure[] {
  const figures = comparers.map((): Figure => ({ milliseconds: Number.POSITIVE_INFINITY, isComplete: true }));
  for (let round = 0; round < pair.rounds; round++) {
    for (const [i, comparer] of comparers.entries()) {
      const compare = comparer(pair);
      let isComplete = true;
      const milliseconds = cpuTime(() => {
        isComplete = compare();
      });
      figures[i] = { milliseconds: Math.min(figures[i]!.milliseconds, milliseconds), isComplete };
    }
  }
  return figures;
}

function text({ milliseconds, isComplete }: Figure): string {
  return `${milliseconds.toFixed(1)} ms${isComplete ? "" : ", marked incomplete"}`;
}

function row(pair: Pair, prototype: Prototype | null): Row {
  const others = prototype === null ? [] : [theirs(prototype, true), theirs(prototype, false)];
  const [own, whole, plain] = measure(pair, [ours, ...others]) as [Figure, Figure?, Figure?];
  if (whole === undefined || plain === undefined) return { name: pair.name, value: text(own) };
  const ratio = (own.milliseconds / whole.milliseconds).toFixed(2);
  const besides = `without unreachable routes ${text(plain)}`;
  return { name: pair.name, value: `${text(own)} · prototype ${text(whole)} (ratio ${ratio}); ${besides}` };
}

function pairs(): Pair[] {
  const [thousand, fiveThousand] = [realistic(1000), realistic(5000)];
  const fleet = Array.from({ length: 1000 }, (_, i) => service(realistic(10, i + 7), i));
  const oneChanged = fleet.map((each, i) =>
    i === 500 ? service(edited(each.spec.http!, 3, { route: split(41) }), i) : each,
  );
  return [
    {
      name: "1,000 routes, all changed",
      base: [service(thousand)],
      head: [service(slower(thousand))],
      rounds: 25,
    },
    {
      name: "5,000 routes, one edit",
      base: [service(fiveThousand)],
      head: [service(edited(fiveThousand, 2500, { route: split(37) }))],
      rounds: 25,
    },
    {
      name: "1,000 VirtualServices of 10 routes, one changed",
      base: fleet,
      head: oneChanged,
      rounds: 25,
    },
    ...adversarial().map(({ name, routes }) => ({
      name: `hostile: ${name}, all changed`,
      base: [service(routes)],
      head: [service(slower(routes))],
      rounds: 5,
    })),
  ];
}

/** CPU time of comparing two meshes that are already read, beside the prototype's on the same tables where it is found. */
export async function traffic(): Promise<Row[]> {
  const prototype = await loadPrototype();
  const rows = pairs().map((pair) => row(pair, prototype));
  const absent = {
    name: "prototype",
    value: `absent: there is no ${prototypePath} (set SLUICE_CONFORMANCE)`,
  };
  return prototype === null ? [...rows, absent] : rows;
}
