import { type DestinationPolicy, destinationPolicy, type PolicyInForce } from "../mesh/destination-policy.ts";
import { type MergedDestinationRule, selectDestinationRule } from "../mesh/destination-rules.ts";
import { qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule } from "../mesh/istio.ts";
import { type Mesh, type MeshObject, scopesOf } from "../mesh/object.ts";
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

/** Settings that one comparison looks at: hostile manifests can hold any number of subsets times ports. */
const mostComparisons = 20_000;

/** What changed DestinationRules do to the clients of each destination, as far as Git shows clients. */
export function destinationChanges(base: Mesh, head: Mesh): Change[] {
  const { clusterDomain } = head.settings;
  const hosts = new Map<string, MeshObject<DestinationRule>>();
  for (const pair of changedObjects(base.destinationRules, head.destinationRules)) {
    for (const rule of [pair.base, pair.head]) {
      if (rule !== null) hosts.set(qualifyHost(rule.spec.host ?? "", rule.namespace, clusterDomain), rule);
    }
  }
  const clients = [...new Set([...clientNamespaces(base), ...clientNamespaces(head)])].sort();
  const changes = new Map<string, Change>();
  let left = mostComparisons;
  for (const [host, object] of hosts) {
    for (const comparison of comparisons(host, clients, base, head)) {
      left -= comparison.size;
      const found = left < 0 ? [tooMuch(object)] : comparison.changes();
      for (const change of found) {
        const key = JSON.stringify([change.kind, change.object, change.path, change.before, change.after]);
        if (!changes.has(key)) changes.set(key, change);
      }
    }
  }
  return [...changes.values()];
}

/** One for each pair of rules that some client meets; most clients meet the same. */
function comparisons(host: string, clients: readonly string[], base: Mesh, head: Mesh): HostComparison[] {
  const seen = new Map<MergedDestinationRule | null, Set<MergedDestinationRule | null>>();
  return clients.flatMap((namespace) => {
    const [before, after] = [select(base, namespace, host), select(head, namespace, host)];
    const known = seen.get(before) ?? new Set();
    seen.set(before, known);
    if (known.has(after) || (before === null && after === null)) return [];
    known.add(after);
    return [new HostComparison(host, before, after, head)];
  });
}

/** Never silence: what is too much to look at is said to have changed. */
function tooMuch(object: MeshObject<DestinationRule>): Change {
  return {
    kind: "destinationRule",
    object: object.id,
    scopes: scopesOf(object),
    path: "spec",
    before: null,
    after: null,
    direction: "other",
    certainty: "undecided",
    range: object.locate(["spec"], "key"),
  };
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

  /** How many settings there are to look at. */
  get size(): number {
    return (1 + this.subsets().size) * (1 + this.ports().size);
  }

  private subsets(): Set<string> {
    return new Set(this.rules.flatMap((rule) => rule?.subsets.map(({ value }) => value.name) ?? []));
  }

  changes(): Change[] {
    const subsets = this.subsets();
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
  ): Pick<Change, "object" | "scopes" | "range"> {
    const [old, now] = [before.blocks[block], after.blocks[block]];
    const successor = now ?? (after.rules[0] ? { object: after.rules[0], path: old?.path ?? ["spec"] } : old);
    const { object, path } = successor ?? { object: before.rules[0]!, path: ["spec"] };
    const range = object.locate(path, now ? "key" : "value");
    return { object: object.id, scopes: scopesOf(object), range };
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
        scopes: scopesOf(place.object),
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
