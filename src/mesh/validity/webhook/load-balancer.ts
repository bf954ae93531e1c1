import type { Path } from "../../../manifest/source.ts";
import type { LoadBalancer } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { wholeMilliseconds } from "./durations.ts";
import { error, type Issues, warning } from "./issue.ts";
import { localityLoadBalancing, zoneAwareLoadBalancing } from "./locality.ts";

/** Load balancing (validation.go `validateLoadBalancer`). */
export function* loadBalancer(
  settings: LoadBalancer | undefined,
  hasOutlierDetection: boolean,
  path: Path,
): Issues {
  if (!settings) return;
  if (settings.consistentHash) yield* consistentHash(settings.consistentHash, [...path, "consistentHash"]);
  const { localityLbSetting, zoneAwareLbSetting } = settings;
  if (localityLbSetting && zoneAwareLbSetting) {
    const message = "a load balancer may have `localityLbSetting` or `zoneAwareLbSetting`, not both";
    yield error("conflict", [...path, "zoneAwareLbSetting"], message, "remove one of the two");
  }
  yield* localityLoadBalancing(localityLbSetting, hasOutlierDetection, [...path, "localityLbSetting"]);
  yield* zoneAwareLoadBalancing(zoneAwareLbSetting, hasOutlierDetection, [...path, "zoneAwareLbSetting"]);
  if (settings.warmup) yield* warmup(settings.warmup, [...path, "warmup"]);
}

function* warmup(settings: NonNullable<LoadBalancer["warmup"]>, path: Path): Issues {
  if (settings.duration === undefined)
    yield error("required", [...path, "duration"], "a warmup needs `duration`", "add it");
  yield* wholeMilliseconds(settings.duration, [...path, "duration"]);
  const { minimumPercent, aggression } = settings;
  if ((minimumPercent ?? 0) > 100) {
    yield error(
      "out-of-range",
      [...path, "minimumPercent"],
      `\`minimumPercent\` must be at most 100, not ${minimumPercent}`,
    );
  }
  if (aggression !== undefined && aggression !== null && aggression <= 0) {
    yield error(
      "out-of-range",
      [...path, "aggression"],
      `\`aggression\` must be more than 0, not ${aggression}`,
    );
  }
}

type ConsistentHash = NonNullable<LoadBalancer["consistentHash"]>;

function* consistentHash(hash: ConsistentHash, path: Path): Issues {
  if (hash.httpCookie) yield* hashCookie(hash.httpCookie, [...path, "httpCookie"]);
  if (hash.minimumRingSize) {
    const at = [...path, "minimumRingSize"];
    yield warning(
      "deprecated",
      at,
      "`minimumRingSize` is deprecated here",
      "write `ringHash: { minimumRingSize: … }`",
    );
    if (hash.ringHash || hash.maglev) {
      const message = `\`minimumRingSize\` cannot stand beside \`${hash.maglev ? "maglev" : "ringHash"}\``;
      yield error("conflict", at, message, "remove it");
    }
  }
  if (hash.maglev) yield* maglevTable(hash.maglev.tableSize ?? 0, [...path, "maglev", "tableSize"]);
}

function* hashCookie(cookie: NonNullable<ConsistentHash["httpCookie"]>, path: Path): Issues {
  if (!cookie.name) yield error("required", [...path, "name"], "a hash cookie needs `name`", "add it");
  const names = new Set<string>();
  for (const [index, { name = "" }] of (cookie.attributes ?? []).entries()) {
    const at = [...path, "attributes", index, "name"];
    if (name === "") yield error("required", at, "a cookie attribute needs `name`", "add it");
    else if (names.has(name))
      yield error("duplicate", at, `the cookie has the attribute ${quote(name)} twice`);
    names.add(name);
  }
}

/** Envoy's Maglev wants a prime, and has an upper limit. */
const smallestTooLarge = 5_000_011;

function* maglevTable(size: number, path: Path): Issues {
  if (size >= smallestTooLarge)
    yield error("out-of-range", path, `\`tableSize\` must be less than ${smallestTooLarge}, not ${size}`);
  else if (!isPrime(size))
    yield error(
      "not-prime",
      path,
      `\`tableSize\` must be a prime number, not ${size}`,
      "65537 is Envoy's default",
    );
}

function isPrime(number: number): boolean {
  // Envoy counts 1 as prime.
  if (number !== 0 && number < 4) return true;
  if (number % 2 === 0) return false;
  for (let factor = 3; factor * factor <= number; factor += 2) if (number % factor === 0) return false;
  return true;
}
