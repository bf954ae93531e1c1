import type { Gateway, Server, ServerTLSSettings } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import type { Change } from "./change.ts";
import { canonicalJson } from "./effective/canonical.ts";
import { changedObjects, commonDirection, type ObjectPair, objectChange } from "./settings-objects.ts";

/** What changed Gateways open, close, and ask of those who connect. */
export function gatewayChanges(base: Mesh, head: Mesh): Change[] {
  return changedObjects(base.gateways, head.gateways).flatMap((pair) => [
    ...selectorChange(pair),
    ...listenerChanges(pair),
  ]);
}

function selectorChange(pair: ObjectPair<Gateway>): Change[] {
  if (pair.base === null || pair.head === null) return [];
  const [before, after] = [pair.base, pair.head].map(({ spec }) => labelsText(spec.selector ?? {}));
  if (before === after) return [];
  return [
    objectChange(pair, ["spec", "selector"], {
      kind: "gatewaySelector",
      path: "selector",
      before: before!,
      after: after!,
      direction: "other",
    }),
  ];
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return texts.sort().join(", ") || "every gateway";
}

/** The servers of one port, protocol and address: to the world, one open door. */
interface Listener {
  readonly name: string;
  readonly servers: readonly { readonly server: Server; readonly index: number }[];
}

function listeners(gateway: Gateway | undefined): Map<string, Listener> {
  const found = new Map<string, { name: string; servers: { server: Server; index: number }[] }>();
  for (const [index, server] of (gateway?.servers ?? []).entries()) {
    const { number, protocol = "" } = server.port ?? {};
    const name = `port ${number} ${protocol.toUpperCase()}${server.bind ? ` on ${server.bind}` : ""}`;
    const listener = found.get(name) ?? { name, servers: [] };
    listener.servers.push({ server, index });
    found.set(name, listener);
  }
  return found;
}

function listenerChanges(pair: ObjectPair<Gateway>): Change[] {
  const [before, after] = [listeners(pair.base?.spec), listeners(pair.head?.spec)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [from, to] = [before.get(name), after.get(name)];
    const index = (to ?? from)!.servers[0]!.index;
    const change = (
      kind: string,
      field: string,
      old: string | null,
      now: string | null,
      direction: Change["direction"],
    ) =>
      old === now
        ? []
        : [
            objectChange(pair, ["spec", "servers", index, field], {
              kind,
              path: name,
              before: old,
              after: now,
              direction,
            }),
          ];
    if (from === undefined || to === undefined) {
      const direction = from === undefined ? "looser" : "tighter";
      return change(
        "gatewayListener",
        "hosts",
        from ? hostsText(from) : null,
        to ? hostsText(to) : null,
        direction,
      );
    }
    return [
      ...change("gatewayHosts", "hosts", hostsText(from), hostsText(to), hostsDirection(from, to)),
      ...change("gatewayTls", "tls", tlsText(from), tlsText(to), tlsDirection(from, to)),
    ];
  });
}

const hostsOf = ({ servers }: Listener): Set<string> =>
  new Set(servers.flatMap(({ server }) => server.hosts ?? []));
const hostsText = (listener: Listener): string => [...hostsOf(listener)].sort().join(", ");

function hostsDirection(before: Listener, after: Listener): Change["direction"] {
  const [old, now] = [hostsOf(before), hostsOf(after)];
  const [opened, closed] = [!now.isSubsetOf(old), !old.isSubsetOf(now)];
  return opened === closed ? "other" : opened ? "looser" : "tighter";
}

/** The settings of a listener; where its servers differ, of each of them with its hosts. */
function tlsText({ servers }: Listener): string {
  const texts = servers.map(({ server }) => `${serverText(server.tls)}\n${(server.hosts ?? []).join(" ")}`);
  const distinct = new Set(servers.map(({ server }) => serverText(server.tls)));
  return distinct.size === 1 ? [...distinct][0]! : texts.sort().join("; ").replaceAll("\n", " for ");
}

/** Proto defaults: mode PASSTHROUGH (gateway.proto `ServerTLSSettings`), TLS 1.2 at least since Istio 1.14. */
function serverText(tls: ServerTLSSettings | undefined): string {
  if (tls === undefined) return "none";
  const { mode = "PASSTHROUGH", minProtocolVersion, httpsRedirect, ...rest } = tls;
  const others = canonicalJson(rest);
  return [
    httpsRedirect ? "redirect to HTTPS" : mode,
    ...(minProtocolVersion === undefined || minProtocolVersion === "TLS_AUTO"
      ? []
      : [`from ${minProtocolVersion}`]),
    ...(others === "{}" ? [] : [others]),
  ].join(", ");
}

const modes = {
  PASSTHROUGH: 1,
  AUTO_PASSTHROUGH: 1,
  SIMPLE: 1,
  OPTIONAL_MUTUAL: 2,
  MUTUAL: 3,
  ISTIO_MUTUAL: 3,
} as const;
const versions = { TLSV1_0: 0, TLSV1_1: 1, TLS_AUTO: 2, TLSV1_2: 2, TLSV1_3: 3 } as const;

/** The weakest server counts: an attacker chooses the door. */
function tlsDirection(before: Listener, after: Listener): Change["direction"] {
  const measures: ((tls: ServerTLSSettings | undefined) => number)[] = [
    (tls) => (tls === undefined ? 0 : modes[tls.mode ?? "PASSTHROUGH"]),
    (tls) => versions[tls?.minProtocolVersion ?? "TLS_AUTO"],
    (tls) => (tls?.httpsRedirect ? 1 : 0),
  ];
  return commonDirection(
    measures.flatMap((measure) => {
      const [old, now] = [before, after].map(({ servers }) =>
        Math.min(...servers.map(({ server }) => measure(server.tls))),
      );
      return old === now ? [] : [now! < old! ? "looser" : "tighter"];
    }),
  );
}
