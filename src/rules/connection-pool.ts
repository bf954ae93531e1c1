import * as z from "zod";
import { usesBlock } from "../mesh/client-policies.ts";
import type { DestinationPolicy } from "../mesh/destination-policy.ts";
import type { ConnectionPool } from "../mesh/istio.ts";
import { milliseconds } from "../traffic/effective/milliseconds.ts";
import { connectionPoolMeaning } from "../traffic/settings-policy.ts";
import { countBounds, durationBounds, excess, millisecondBounds } from "./bounds-option.ts";
import { isHostAmong } from "./cluster-hosts.ts";
import {
  destinationText,
  placeOfSetting,
  type TouchedDestination,
  touchedDestinations,
} from "./destinations.ts";
import type { Violation } from "./finding.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const counts = [
  "tcp.maxConnections",
  "http.http1MaxPendingRequests",
  "http.http2MaxRequests",
  "http.maxRequestsPerConnection",
  "http.maxRetries",
  "http.maxConcurrentStreams",
] as const;
const times = [
  "tcp.connectTimeout",
  "tcp.maxConnectionDuration",
  "tcp.idleTimeout",
  "http.idleTimeout",
] as const;
const settings = z.enum([...counts, ...times]);
type Setting = z.output<typeof settings>;

const options = z.strictObject({
  hosts: z
    .array(z.string())
    .default(["*.svc.cluster.local"])
    .meta({ tighter: "union", description: "Hosts, with wildcards, whose destinations are judged." }),
  require: z.array(settings).default([]).meta({
    tighter: "union",
    description: "Limits that every destination needs, such as tcp.maxConnections.",
  }),
  bounds: z
    .partialRecord(settings, z.union([countBounds, durationBounds]))
    .default({})
    .meta({
      tighter: "entries",
      description: "Least and most of a limit that is set: tcp.maxConnections: [1, 1000].",
    }),
});
type Options = z.output<typeof options>;

export const connectionPool = defineStateRule({
  id: "connection-pool",
  title: "A destination has no limit on its connections",
  approval: null,
  docs: {
    what: "looks at the effective connectionPool of changed destinations: limits that are removed, missing or out of bounds",
    why: "by itself Istio sets no limit worth the name, so that a slow service collects every request of its callers until both fall over; a pool turns the excess away at once",
    do: "Set `trafficPolicy.connectionPool`. A subset's or port's own trafficPolicy replaces blocks, so look there as well.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100 } }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    outlierDetection: { consecutive5xxErrors: 5 }
`,
    },
  },
  options,
  *check(context) {
    if (!isAnyLimitAtStake(context)) return;
    for (const destination of touchedDestinations(context)) {
      if (!isHostAmong(destination.host, context.options.hosts, context.mesh.settings)) continue;
      const required = missing(destination, context);
      yield* required ? [required] : removed(destination, context);
      for (const policy of destination.policies) yield* outOfBounds(destination, policy, context);
    }
  },
});

function isAnyLimitAtStake({ base, mesh, options }: StateContext<Options>): boolean {
  return options.require.length > 0 || [base, mesh].some((side) => usesBlock(side, "connectionPool"));
}

/** Limits that base had for every client and head has for none: the change takes them away. */
function* removed(destination: TouchedDestination, context: StateContext<Options>): Generator<Violation> {
  const { policies, policiesBefore: before } = destination;
  if (before.length === 0 || policies.some(isLimited) || !before.every(isLimited)) return;
  const name = destinationText(destination);
  yield {
    ...placeOfSetting(destination, policies[0] && homeOf(policies[0]), context),
    subject: `${name} connectionPool`,
    message: `the limits of ${name} are removed`,
    before: connectionPoolMeaning(before[0]?.blocks.connectionPool?.value).text,
    after: "none",
    fix: "keep `trafficPolicy.connectionPool`, where the subset or the port replaces it as well",
    certainty: "certain",
  };
}

function isLimited({ blocks }: DestinationPolicy): boolean {
  const pool = blocks.connectionPool?.value;
  return pool !== undefined && connectionPoolMeaning(pool).text !== "none";
}

function missing(destination: TouchedDestination, context: StateContext<Options>): Violation | null {
  const { policies } = destination;
  if (context.options.require.length === 0) return null;
  const lacks = (policy: DestinationPolicy | null) =>
    context.options.require.filter((setting) => !limitOf(policy?.blocks.connectionPool?.value, setting));
  const known = policies.length > 0 || destination.bereft;
  const worst = (known ? policies : [null]).toSorted((a, b) => lacks(b).length - lacks(a).length)[0] ?? null;
  const absent = lacks(worst);
  if (absent.length === 0) return null;
  const name = destinationText(destination);
  const list = absent.map((setting) => `\`${setting}\``).join(", ");
  return {
    ...placeOfSetting(destination, worst && homeOf(worst), context),
    subject: name,
    message: known
      ? `${name} has no limit for ${list}`
      : `Git shows no DestinationRule with ${list} for ${name}`,
    after: known ? "no limit" : "unknown",
    fix: `set ${list} in trafficPolicy.connectionPool${known ? "" : ", or name the repository that does"}`,
    certainty: known ? "certain" : "needs-inventory",
    measure: absent.length,
    limit: context.limit("require"),
  };
}

function* outOfBounds(
  destination: TouchedDestination,
  policy: DestinationPolicy,
  context: StateContext<Options>,
): Generator<Violation> {
  const name = destinationText(destination);
  for (const [setting, bounds] of Object.entries(context.options.bounds) as [Setting, Bounds][]) {
    const actual = limitOf(policy.blocks.connectionPool?.value, setting);
    if (!actual) continue;
    const measure = excess(amount(actual), amounts(bounds));
    if (measure === null) continue;
    yield {
      ...placeOfSetting(destination, homeOf(policy), context),
      subject: `${name} ${setting}`,
      message: `\`${setting}\` of ${name} is ${actual}; allowed are ${bounds[0]} to ${bounds[1]}`,
      after: String(actual),
      fix: `set \`${setting}\` to ${bounds[0]} up to ${bounds[1]}`,
      certainty: "certain",
      measure,
      limit: { ...context.limit("bounds", setting), value: JSON.stringify(bounds) },
    };
  }
}

type Bounds = Options["bounds"][Setting] & {};

function amounts(bounds: Bounds): readonly [number, number] {
  const [least, most] = bounds;
  return typeof least === "string" ? millisecondBounds([least, String(most)]) : [least, Number(most)];
}

const amount = (value: number | string): number =>
  typeof value === "string" ? (milliseconds(value) ?? 0) : value;

/** What a pool says of a limit; zero and nothing mean that there is none. */
function limitOf(pool: ConnectionPool | undefined, setting: Setting): number | string | null {
  const [part, field] = setting.split(".") as ["tcp" | "http", string];
  const value = (pool?.[part] as Readonly<Record<string, number | string>> | undefined)?.[field];
  return value && amount(value) > 0 ? value : null;
}

/** The block in force, else the subset or rule that would hold it. */
function homeOf({ blocks, subset, rules: [rule] }: DestinationPolicy) {
  return blocks.connectionPool ?? subset ?? (rule ? { object: rule, path: ["spec"] } : null);
}
