import * as z from "zod";
import type { Path } from "../manifest/source.ts";
import { isAddress, isWildcard } from "../mesh/hosts.ts";
import type { ServiceEntry } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { isHttp, parseProtocol } from "../mesh/port-protocol.ts";
import { pairWorlds, type WorldPair } from "../mesh/worlds.ts";
import type { Certainty } from "../traffic/change.ts";
import { plaintextToTls } from "./plaintext-to-tls.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const mistakes = [
  "no-endpoints",
  "no-resolution",
  "wildcard-dns",
  "plaintext-to-tls",
  "wildcard",
  "no-export-to",
] as const;

const options = z.strictObject({
  refuse: z
    .array(z.enum(mistakes))
    .default(["no-endpoints", "no-resolution", "wildcard-dns", "plaintext-to-tls"])
    .meta({
      tighter: "union",
      description:
        "What to look for: no-endpoints (STATIC without any), no-resolution (HTTP to a name that nothing resolves), wildcard-dns, plaintext-to-tls (HTTP sent to port 443), wildcard (any wildcard host), no-export-to.",
    }),
});

export const serviceEntry = defineStateRule({
  id: "service-entry",
  title: "A ServiceEntry does not do what it seems to",
  approval: null,
  docs: {
    what: "checks changed ServiceEntries: resolution against endpoints and hosts, HTTP that is sent to a TLS port, and by choice wildcards and exportTo",
    why: "the cluster takes these without a word and requests fail: nobody answers a STATIC entry without endpoints, and a server that expects TLS hangs up on plain HTTP",
    do: "Give names `resolution: DNS`, addresses `STATIC` with endpoints; and for HTTP on port 443 originate TLS in a DestinationRule.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments, namespace: prod }
spec:
  hosts: [api.payments.example]
  resolution: STATIC
  ports: [{ number: 443, name: tls, protocol: TLS }]
`,
    },
  },
  options,
  *check(context) {
    for (const world of pairWorlds(context.base, context.mesh)) {
      for (const entry of world.head.serviceEntries) {
        for (const { mistake, at, subject, culprit, ...said } of mistakesIn(entry, world, context)) {
          if (!context.options.refuse.includes(mistake)) continue;
          yield {
            object: (culprit ?? entry).id,
            subject: subject === undefined ? mistake : `${mistake} ${subject}`,
            range: culprit ? culprit.locate(["spec"], "key") : entry.locate(["spec", ...at]),
            ...said,
            certainty: said.certainty ?? "certain",
            limit: context.limit("refuse"),
          };
        }
      }
    }
  },
});

interface Mistake {
  readonly mistake: (typeof mistakes)[number];
  /** Below `spec`. */
  readonly at: Path;
  readonly subject?: string;
  readonly message: string;
  readonly fix: string;
  readonly certainty?: Certainty;
  /** The changed object that makes it one, where that is not the ServiceEntry itself. */
  readonly culprit?: MeshObject<unknown>;
}

function* mistakesIn(
  entry: MeshObject<ServiceEntry>,
  world: WorldPair,
  { touched }: StateContext<unknown>,
): Generator<Mistake> {
  for (const found of plaintextToTls(entry, world, touched)) {
    const { host, port, index, protocol, certainty, culprit } = found;
    yield {
      mistake: "plaintext-to-tls",
      at: ["ports", index, "protocol"],
      subject: `${host}:${port}`,
      message: `plain ${protocol} is sent to port 443 of \`${host}\`, which expects TLS`,
      fix: `originate TLS in a DestinationRule for ${host} port ${port} (\`tls: { mode: SIMPLE }\`), or write \`protocol: TLS\` where callers speak TLS themselves`,
      certainty,
      ...(culprit !== entry && { culprit }),
    };
  }
  if (!touched.has(entry.id)) return;
  const { hosts = [], endpoints = [], workloadSelector, resolution, addresses = [], exportTo } = entry.spec;
  if (resolution === "STATIC" && endpoints.length === 0 && !workloadSelector) {
    yield {
      mistake: "no-endpoints",
      at: ["resolution"],
      message: "resolution STATIC without endpoints or workloadSelector: every request fails",
      fix: "list `endpoints`, or write `resolution: DNS`",
    };
  }
  const name = hosts.find((host) => !isWildcard(host) && !isAddress(host));
  const speaksHttp = (entry.spec.ports ?? []).some(({ protocol }) => isHttp(parseProtocol(protocol)));
  // TLS names its server inside the connection; HTTP would go wherever the caller says, under any name.
  if (resolution === undefined && addresses.length === 0 && name !== undefined && speaksHttp) {
    yield {
      mistake: "no-resolution",
      at: ["hosts", hosts.indexOf(name)],
      message: `nothing resolves \`${name}\`: without \`resolution\` HTTP goes to whatever address the caller chose`,
      fix: "write `resolution: DNS`, or `resolution: NONE` where that is meant",
    };
  }
  for (const [index, host] of hosts.entries()) {
    if (isWildcard(host)) yield* wildcardMistakes(entry.spec, host, index);
  }
  if (!exportTo?.length) {
    yield {
      mistake: "no-export-to",
      at: ["exportTo"],
      message: "without `exportTo` every namespace may call the hosts",
      fix: 'write `exportTo: ["."]`, or the namespaces that call',
    };
  }
}

function* wildcardMistakes(
  { resolution, endpoints = [] }: ServiceEntry,
  host: string,
  index: number,
): Generator<Mistake> {
  if ((resolution === "DNS" || resolution === "DNS_ROUND_ROBIN") && endpoints.length === 0) {
    yield {
      mistake: "wildcard-dns",
      at: ["hosts", index],
      subject: host,
      message: `\`${host}\` cannot be looked up: a wildcard has no address in DNS`,
      fix: "name the hosts, list `endpoints`, or write `resolution: NONE` or DYNAMIC_DNS",
    };
  }
  yield {
    mistake: "wildcard",
    at: ["hosts", index],
    subject: host,
    message: `\`${host}\` lets callers reach every name below it`,
    fix: "name the hosts that are called",
  };
}
