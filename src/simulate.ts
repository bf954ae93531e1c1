import { type Evaluation, evaluate, type ProposedChange, type Snapshot } from "./evaluation.ts";
import { readManifests } from "./manifest/read.ts";
import type { Json } from "./manifest/source.ts";
import type { EffectivePolicy } from "./policy/effective.ts";

/** What would become of new shares on the base branch. */
export type Simulation =
  | { readonly problem: string }
  | {
      readonly object: string;
      readonly destinations: readonly string[];
      /** Percent, in the order of the route's destinations. */
      readonly before: readonly number[];
      readonly evaluation: Evaluation;
      /** The largest step on the way that passes, in percent; null when none does. */
      readonly largest: readonly number[] | null;
    };

type JsonObject = { readonly [key: string]: Json };

/** A route as it stands in a file of the base branch. */
interface Found {
  readonly path: string;
  readonly index: number;
  readonly documents: readonly Json[];
  readonly name: string;
  readonly destinations: readonly JsonObject[];
  readonly route: number;
}

/** Shares are worked with in hundredths of a percent. */
const whole = 10_000;

/**
 * Puts `shares` on a route, named `[namespace/]name[#route]` with a route's name or position, as the base branch has it, and
 * judges that as a change of its own; pure. `now` is milliseconds since 1970.
 */
export function simulate(
  { base, inventory = [] }: Pick<ProposedChange, "base" | "inventory">,
  policy: EffectivePolicy,
  route: string,
  shares: readonly number[],
  now: number,
): Simulation {
  const found = routesNamed(base, route);
  const [only] = found;
  if (!only) return { problem: "no VirtualService of that name was read on the base branch" };
  if (found.length > 1)
    return { problem: `${found.length} VirtualServices have that name; name its namespace too` };
  const { destinations } = only;
  if (destinations.length !== shares.length) {
    return { problem: `the route has ${destinations.length} destinations, not ${shares.length}` };
  }
  const wanted = parts(shares);
  const present = parts(destinations.map(({ weight }) => (typeof weight === "number" ? weight : 0)));
  if (wanted === null || present === null) return { problem: "the shares add up to nothing" };
  const judge = (weights: readonly number[]) =>
    evaluate({ base, head: withWeights(base, only, weights), unreadable: [], inventory }, policy, { now });
  return {
    object: only.name,
    destinations: destinations.map(destinationText),
    before: present.map(inPercent),
    evaluation: judge(wanted),
    largest: largestStep(present, wanted, (weights) => judge(weights).decision.blocking.length === 0),
  };
}

/** Looks for the last whole percent of the leg that rises most which passes: what passes is a beginning of the way. */
function largestStep(
  present: readonly number[],
  wanted: readonly number[],
  passes: (weights: readonly number[]) => boolean,
): readonly number[] | null {
  const rises = wanted.map((part, index) => part - present[index]!);
  const leg = rises.indexOf(Math.max(...rises));
  const way = rises[leg]!;
  if (way <= 0) return null;
  const at = (percent: number) => {
    const gone = percent * 100 - present[leg]!;
    return present.map((part, index) => Math.round(part + (rises[index]! * gone) / way));
  };
  let passing = Math.floor(present[leg]! / 100);
  let blocked = Math.floor(wanted[leg]! / 100) + 1;
  const first = passing;
  while (blocked - passing > 1) {
    const middle = Math.floor((passing + blocked) / 2);
    if (passes(at(middle))) passing = middle;
    else blocked = middle;
  }
  return passing > first ? at(passing).map(inPercent) : null;
}

function routesNamed(base: Snapshot, route: string): Found[] {
  const [, namespace, name = "", wanted] = /^(?:([\w.-]+)\/)?([\w.-]+)(?:#([\w.-]+))?$/.exec(route) ?? [];
  return [...base].flatMap(([path, text]) => {
    if (!text.includes(name)) return [];
    const documents = readManifests(path, text).documents.map(({ value }) => value);
    return documents.flatMap((document, index) => {
      const { kind, metadata, spec } = asObject(document);
      const { name: own, namespace: in_ } = asObject(metadata);
      const isMeant =
        kind === "VirtualService" && own === name && (namespace === undefined || in_ === namespace);
      if (!isMeant) return [];
      const routes = asList(asObject(spec).http).map(asObject);
      const at = routes.findIndex((one, position) =>
        wanted === undefined
          ? asList(one.route).length > 1
          : one.name === wanted || String(position) === wanted,
      );
      const destinations = asList(routes[at]?.route).map(asObject);
      return [{ path, index, documents, name: route, destinations, route: at }];
    });
  });
}

/** The base branch with other weights on one route. Documents are written as JSON, which is YAML. */
function withWeights(
  base: Snapshot,
  { path, index, documents, route }: Found,
  weights: readonly number[],
): Snapshot {
  const changed = structuredClone(documents) as JsonObject[];
  const http = asList(asObject(changed[index]?.spec).http);
  asList(asObject(http[route]).route).forEach((leg, position) => {
    Object.assign(asObject(leg), { weight: weights[position] });
  });
  return new Map(base).set(path, changed.map((document) => JSON.stringify(document)).join("\n---\n"));
}

/** Weights as hundredths of a percent that add up to the whole; null when there is nothing to divide. */
function parts(weights: readonly number[]): number[] | null {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum > 0 ? weights.map((weight) => Math.round((weight * whole) / sum)) : null;
}

const inPercent = (part: number) => part / 100;

function destinationText({ destination }: JsonObject): string {
  const { host, subset } = asObject(destination);
  return [host, subset].filter((part) => typeof part === "string").join(" ");
}

const asObject = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
