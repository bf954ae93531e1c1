import { isSubsetOf } from "../../../mesh/hosts.ts";
import { addressBits } from "../../engine/address-bits.ts";
import type { Connection } from "./connection.ts";

/** One way a listener may treat a connection, and what the connection must look like for it. */
export interface FilterChain<Target> {
  /** Names that TLS asks for; empty or with `*`: any. */
  readonly sniHosts: readonly string[];
  readonly cidrs: readonly string[];
  /** For HTTP in plain text alone, found out from the first bytes. */
  readonly plaintextHttp: boolean;
  /** TLS ends here: plain text cannot enter. */
  readonly terminatesTls: boolean;
  readonly target: Target;
}

/** Whether a chain takes every connection (listener.go `isMatchAll`). */
export function isMatchAll(chain: FilterChain<unknown>): boolean {
  return names(chain).length === 0 && !chain.plaintextHttp && chain.cidrs.length === 0;
}

const names = ({ sniHosts }: FilterChain<unknown>): readonly string[] =>
  sniHosts.includes("*") ? [] : sniHosts;

/** Ranges that Envoy gets to see: the unspecified address is no condition. */
const ranges = ({ cidrs }: FilterChain<unknown>): readonly string[] =>
  cidrs.filter((cidr) => cidr.split("/")[0] !== "0.0.0.0" && addressBits(cidr) !== null);

/**
 * The chains left after Envoy's sieve: the longest range, then the most specific server name, then the protocol. At each
 * step a hit shuts out the chains that do not look at it, and is never taken back (FilterChainMatch in
 * listener_components.proto). Several left means that Envoy refuses the listener.
 */
export function matchChains<Target>(
  chains: readonly FilterChain<Target>[],
  connection: Connection,
): readonly FilterChain<Target>[] {
  const inspectsTls = chains.some((chain) => chain.sniHosts.length > 0 || chain.terminatesTls);
  const isPlainHttp = !connection.tls && connection.protocol !== "tcp";
  const byRange = best(chains, ranges, (cidr) => rangeRank(cidr, connection.address));
  const byName = best(byRange, names, (name) => nameRank(name, connection.sni));
  const asks = (chain: FilterChain<Target>): readonly boolean[] => (chain.plaintextHttp ? [true] : []);
  const byTransport = best(byName, asks, () => Number(!connection.tls || !inspectsTls));
  return best(byTransport, asks, () => Number(isPlainHttp));
}

function best<Target, Field>(
  chains: readonly FilterChain<Target>[],
  fields: (chain: FilterChain<Target>) => readonly Field[],
  rank: (field: Field) => number,
): readonly FilterChain<Target>[] {
  const ranks = chains.map((chain) => Math.max(0, ...fields(chain).map(rank)));
  const highest = Math.max(0, ...ranks);
  return chains.filter((chain, index) =>
    highest > 0 ? ranks[index] === highest : fields(chain).length === 0,
  );
}

function rangeRank(cidr: string, address: string | null): number {
  const range = addressBits(cidr);
  const bits = address === null ? null : addressBits(address);
  return range !== null && bits?.startsWith(range) ? range.length - 1 : 0;
}

function nameRank(name: string, sni: string): number {
  if (name === sni) return Number.POSITIVE_INFINITY;
  return isSubsetOf(sni, name) ? name.length : 0;
}

/** Whether two chains have the same conditions, so that the later one is dropped (listener.go `conflictsWith`). */
export function sameConditions(a: FilterChain<unknown>, b: FilterChain<unknown>): boolean {
  const text = (chain: FilterChain<unknown>): string => {
    const wanted = chain.sniHosts.filter((name) => name !== "*").sort();
    const bits = ranges(chain).map(addressBits).sort();
    return JSON.stringify([chain.plaintextHttp, [...new Set(wanted)], [...new Set(bits)]]);
  };
  return text(a) === text(b);
}
