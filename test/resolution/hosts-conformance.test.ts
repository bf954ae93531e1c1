import {
  hostsForNamespace,
  hostsOverlap,
  intersectHosts,
  isSubsetOf,
  mostSpecificHost,
  qualifyGateway,
  qualifyHost,
} from "../../src/mesh/hosts.ts";
import { conformance } from "./conformance.ts";

interface HostCase {
  readonly test: string;
  readonly name: string;
  readonly a: string & readonly string[];
  readonly b: string & readonly string[];
  readonly hosts: readonly string[];
  readonly in: readonly string[];
  readonly needle: string;
  readonly host: string;
  readonly gateway: string;
  readonly namespace: string;
  readonly domain: string;
  readonly out: unknown;
  readonly expected: unknown;
}

const answers: Record<string, (given: HostCase) => unknown> = {
  TestNameMatches: ({ a, b }) => hostsOverlap(a, b),
  TestNameSubsetOf: ({ a, b }) => isSubsetOf(a, b),
  TestNamesIntersection: ({ a, b }) => intersectHosts(a, b),
  TestNamesForNamespace: ({ hosts, namespace }) => hostsForNamespace(hosts, namespace),
  TestResolveGatewayName: ({ gateway, namespace }) => qualifyGateway(gateway, namespace),
  TestResolveShortnameToFQDN: ({ host, namespace, domain }) => qualifyHost(host, namespace, domain),
  TestMostSpecificHostMatch: ({ needle, in: hosts }) => mostSpecificHost(needle, hosts) ?? "",
};

conformance<HostCase>("host-matching", "hosts match, intersect and resolve as Istio says", (given) => {
  const agrees = JSON.stringify(answers[given.test]?.(given)) === JSON.stringify(given.out ?? given.expected);
  return agrees ? [] : [`${given.test} ${given.name}`];
});
