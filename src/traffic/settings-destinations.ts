import type { Range } from "../manifest/source.ts";
import { type DestinationPolicy, destinationPolicy, type PolicyInForce } from "../mesh/destination-policy.ts";
import { type MergedDestinationRule, selectDestinationRule } from "../mesh/destination-rules.ts";
import { qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { serviceNamespace } from "../mesh/service-namespace.ts";
import type { Change } from "./change.ts";
import { changedObjects } from "./settings-objects.ts";
import {
  connectionPoolMeaning,
  outlierMeaning,
  type PolicyMeaning,
  plainMeaning,
  policyDirection,
  tlsMeaning,
} from "./settings-policy.ts";

type Block = keyof PolicyInForce;

const blocks: readonly Block[] = [
  "outlierDetection",
  "connectionPool",
  "tls",
  "loadBalancer",
  "tunnel",
  "proxyProtocol",
  "retryBudget",
];

function meaningOf(policy: DestinationPolicy, block: Block, inMesh: boolean): PolicyMeaning {
  const { outlierDetection, connectionPool, tls } = policy.blocks;
  if (block === "outlierDetection") return outlierMeaning(outlierDetection?.value);
  if (block === "connectionPool") return connectionPoolMeaning(connectionPool?.value);
  if (block === "tls") return tlsMeaning(tls?.value, inMesh);
  return plainMeaning(policy.blocks[block]?.value);
}

/** Hosts and clients that one comparison looks at: hostile repositories can hold any number of both. */
const mostSelections = 20_000;

/** What changed DestinationRules do to the clients of each destination, as far as Git shows clients. */
export function destinationChanges(base: Mesh, head: Mesh): Change[] {
  const { clusterDomain } = head.settings;
  const hosts = new Set<string>();
  for (const pair of changedObjects(base.destinationRules, head.destinationRules)) {
    for (const rule of [pair.base, pair.head]) {
      if (rule !== null) hosts.add(qualifyHost(rule.spec.host ?? "", rule.namespace, clusterDomain));
    }
  }
  const clients = [...new Set([...clientNamespaces(base), ...clientNamespaces(head)])].sort();
  const changes = new Map<string, Change>();
  let selections = 0;
  for (const host of hosts) {
    for (const namespace of clients) {
      if (++selections > mostSelections) return [...changes.values()];
      const [before, after] = [base, head].map((mesh) => select(mesh, namespace, host));
      for (const change of new HostComparison(host, before!, after!, head).changes()) {
        const key = JSON.stringify([change.kind, change.object, change.path, change.before, change.after]);
        if (!changes.has(key)) changes.set(key, change);
      }
    }
  }
  return [...changes.values()];
}

function clientNamespaces(mesh: Mesh): string[] {
  const objects = [mesh.workloads, mesh.services, mesh.virtualServices, mesh.destinationRules].flat();
  return [...objects.map(({ namespace }) => namespace), mesh.settings.rootNamespace];
}

function select(mesh: Mesh, namespace: string, host: string): MergedDestinationRule | null {
  return selectDestinationRule(
    mesh,
    { namespace, labels: {} },
    host,
    serviceNamespace(mesh, host, namespace),
  );
}

/** One host as the clients of one namespace see it. */
class HostComparison {
  private readonly host: string;
  private readonly rules: readonly [MergedDestinationRule | null, MergedDestinationRule | null];
  private readonly inMesh: boolean;

  constructor(
    host: string,
    base: MergedDestinationRule | null,
    head: MergedDestinationRule | null,
    mesh: Mesh,
  ) {
    this.host = host;
    this.rules = [base, head];
    this.inMesh = host.endsWith(`.svc.${mesh.settings.clusterDomain}`);
  }

  changes(): Change[] {
    if (this.rules[0] === null && this.rules[1] === null) return [];
    const subsets = new Set(this.rules.flatMap((rule) => rule?.subsets.map(({ value }) => value.name) ?? []));
    const found = this.blockChanges(null, null, new Set());
    const everywhere = new Set(found.map(keyOf));
    for (const port of this.ports()) found.push(...this.blockChanges(null, port, everywhere));
    for (const subset of subsets) {
      const own = this.blockChanges(subset, null, everywhere);
      const known = new Set([...everywhere, ...own.map(keyOf)]);
      const atPorts = [...this.ports()].flatMap((port) => this.blockChanges(subset, port, known));
      found.push(...own, ...atPorts, ...this.labelChange(subset));
    }
    return found;
  }

  private ports(): Set<number> {
    const policies = this.rules.flatMap((rule) => [
      rule?.trafficPolicy?.value,
      ...(rule?.subsets.map(({ value }) => value.trafficPolicy) ?? []),
    ]);
    const settings = policies.flatMap((policy) => policy?.portLevelSettings ?? []);
    return new Set(settings.flatMap(({ port }) => port?.number ?? []));
  }

  /** Without what is `known` to change in the same way for the whole host or subset. */
  private blockChanges(subset: string | null, port: number | null, known: ReadonlySet<string>): Change[] {
    const [before, after] = this.rules.map((rule) => destinationPolicy(rule, port, subset)) as [
      DestinationPolicy,
      DestinationPolicy,
    ];
    // A subset that only one side defines is news of its own.
    if (subset !== null && (before.subset === null || after.subset === null)) return [];
    return blocks.flatMap((block) => {
      const [from, to] = [before, after].map((policy) => meaningOf(policy, block, this.inMesh)) as [
        PolicyMeaning,
        PolicyMeaning,
      ];
      if (from.text === to.text) return [];
      const place = [subset === null ? "" : `subset ${subset} `, port === null ? "" : `port ${port} `].join(
        "",
      );
      const change = {
        kind: block,
        path: `${place}${block}`,
        before: from.text,
        after: to.text,
        direction: policyDirection(from, to),
        certainty: "certain" as const,
        ...this.blockPlace(before, after, block),
      };
      return known.has(keyOf(change)) ? [] : [change];
    });
  }

  /** Head's line; where head has no such block, the object that would hold it; where that is gone, base's line. */
  private blockPlace(
    before: DestinationPolicy,
    after: DestinationPolicy,
    block: Block,
  ): { object: string; range: Range } {
    const [old, now] = [before.blocks[block], after.blocks[block]];
    const successor = now ?? (after.rules[0] ? { object: after.rules[0], path: old?.path ?? ["spec"] } : old);
    const { object, path } = successor ?? { object: before.rules[0]!, path: ["spec"] };
    return { object: object.id, range: object.locate(path, now ? "key" : "value") };
  }

  private labelChange(name: string): Change[] {
    const [before, after] = this.rules.map(
      (rule) => rule?.subsets.find(({ value }) => value.name === name) ?? null,
    );
    const [from, to] = [before, after].map((subset) =>
      labelsText(subset?.value.labels ?? null, subset != null),
    );
    const place = after ?? before;
    if (from === to || place == null) return [];
    return [
      {
        kind: "subset",
        object: place.object.id,
        path: `subset ${name} of ${this.host}`,
        before: from!,
        after: to!,
        direction: "other",
        certainty: "certain",
        range: place.object.locate(place.path),
      },
    ];
  }
}

function keyOf({ kind, before, after }: Pick<Change, "kind" | "before" | "after">): string {
  return JSON.stringify([kind, before, after]);
}

function labelsText(labels: Readonly<Record<string, string>> | null, defined: boolean): string {
  if (!defined) return "not defined";
  const texts = Object.entries(labels ?? {}).map(([label, value]) => `${label}=${value}`);
  return texts.sort().join(", ") || "every pod";
}
