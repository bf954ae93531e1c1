import * as z from "zod";
import type { Path } from "../manifest/source.ts";
import { isHttpServer, isPassthroughServer, serverHosts } from "../mesh/gateway-servers.ts";
import { hostsOverlap } from "../mesh/hosts.ts";
import type { Gateway, Server } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { isHttp, parseProtocol } from "../mesh/port-protocol.ts";
import { worlds } from "../mesh/worlds.ts";
import { canonicalJson } from "../traffic/effective/canonical.ts";
import { defineStateRule } from "./rule.ts";

const weaknesses = ["plaintext-on-443", "no-redirect", "plaintext", "certificate-files"] as const;

const options = z.strictObject({
  minVersion: z
    .literal([1, 1.1, 1.2, 1.3])
    .default(1.2)
    .meta({ tighter: "higher", description: "Oldest version of TLS that a server may accept." }),
  refuse: z.array(z.enum(weaknesses)).default(["plaintext-on-443", "no-redirect"]).meta({
    tighter: "union",
    description:
      "What else a server may not be: plaintext-on-443 (HTTP on a TLS port), no-redirect (HTTP beside HTTPS for the same host, without httpsRedirect), plaintext (HTTP without any HTTPS), certificate-files (certificates that are not a `credentialName`).",
  }),
});

export const gatewayTls = defineStateRule({
  id: "gateway-tls",
  title: "A Gateway accepts weak TLS, or none",
  approval: null,
  docs: {
    what: "checks the servers of changed Gateways: version of TLS, HTTP where HTTPS is meant, redirects, where certificates come from",
    why: "a gateway is the door to the street: what it accepts in plain text or in an old version, somebody on the way can read",
    do: "Terminate TLS with a `credentialName` and `minProtocolVersion: TLSV1_2` or later, and redirect HTTP with `httpsRedirect: true`.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: edge }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: shop }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: edge }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: shop, minProtocolVersion: TLSV1_0 }
`,
    },
  },
  options,
  *check({ mesh, touched, options, limit }) {
    for (const world of worlds(mesh)) {
      const secured = securedHosts(world.mesh.gateways);
      for (const gateway of world.mesh.gateways) {
        if (!touched.has(gateway.id)) continue;
        const secure = secured.get(podsOf(gateway)) ?? [];
        for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
          const found = [
            ...versionWeakness(server, options.minVersion),
            ...weaknessesOf(server, gateway.namespace, secure).filter(({ kind }) =>
              options.refuse.includes(kind as (typeof weaknesses)[number]),
            ),
          ];
          for (const { kind, at, host, message, fix, after, value } of found) {
            const range = gateway.locate(["spec", "servers", index, ...at]);
            yield {
              object: gateway.id,
              subject: `${kind} port ${server.port?.number}${server.bind ? ` on ${server.bind}` : ""} ${host}`,
              range,
              message,
              after,
              fix,
              edits: () => (value ? [{ range, text: value }] : []),
              certainty: "certain",
              limit: limit(kind === "version" ? "minVersion" : "refuse"),
            };
          }
        }
      }
    }
  },
});

interface Weakness {
  readonly kind: (typeof weaknesses)[number] | "version";
  /** Below the server. */
  readonly at: Path;
  readonly host: string;
  readonly message: string;
  readonly after: string;
  readonly fix: string;
  /** What the place should say, where it says something else. */
  readonly value?: string;
}

const versions = { TLSV1_0: 1, TLSV1_1: 1.1, TLS_AUTO: 1.2, TLSV1_2: 1.2, TLSV1_3: 1.3 } as const;

/** Without a version Istio accepts TLS 1.2 and later (gateway.proto `TLS_AUTO`, since 1.14). */
function versionWeakness(server: Server, least: number): Weakness[] {
  const { tls, hosts = [] } = server;
  if (!tls || isHttp(parseProtocol(server.port?.protocol)) || isPassthroughServer(server)) return [];
  const accepted = versions[tls.minProtocolVersion ?? "TLS_AUTO"];
  if (accepted >= least) return [];
  const wanted = `TLSV${version(least).replace(".", "_")}`;
  return hosts.map((host) => ({
    kind: "version",
    at: ["tls", "minProtocolVersion"],
    host,
    message: `${host} accepts TLS ${version(accepted)}; at least ${version(least)} is required`,
    after: `TLS ${version(accepted)}`,
    fix: `write \`minProtocolVersion: ${wanted}\``,
    ...(tls.minProtocolVersion && { value: wanted }),
  }));
}

const version = (number: number): string => number.toFixed(1);

function weaknessesOf(server: Server, namespace: string, secure: readonly string[]): Weakness[] {
  const { port: { number = 0, protocol = "" } = {}, tls } = server;
  const hosts = serverHosts(server, namespace);
  if (!isHttp(parseProtocol(protocol))) return certificateFiles(server, hosts);
  if (tls?.httpsRedirect) return [];
  const plain = { after: `plain ${protocol} on port ${number}`, fix: "add `tls: { httpsRedirect: true }`" };
  return hosts.flatMap((host): Weakness[] => {
    if (number === 443 || number === 8443) {
      const message = `${host} is served in plain ${protocol} on port ${number}, where clients expect TLS`;
      const fix = "write `protocol: HTTPS` with `tls: { mode: SIMPLE, credentialName: … }`";
      return [{ kind: "plaintext-on-443", at: ["port", "protocol"], host, message, after: plain.after, fix }];
    }
    if (secure.some((other) => hostsOverlap(nameOf(host), nameOf(other)))) {
      const message = `${host} is served over HTTPS, and on port ${number} without a redirect to it`;
      return [{ kind: "no-redirect", at: ["tls"], host, message, ...plain }];
    }
    const message = `${host} is served in plain ${protocol} alone`;
    const fix = "add a server with `protocol: HTTPS`, and redirect to it with `httpsRedirect: true`";
    return [{ kind: "plaintext", at: ["port", "protocol"], host, message, after: plain.after, fix }];
  });
}

function certificateFiles({ tls }: Server, hosts: readonly string[]): Weakness[] {
  if (!tls?.serverCertificate && !tls?.tlsCertificates?.length) return [];
  return hosts.map((host) => ({
    kind: "certificate-files",
    at: ["tls"],
    host,
    message: `${host} takes its certificate from files of the gateway's pod`,
    after: "files",
    fix: "put the certificate into a Secret, and name it as `credentialName`",
  }));
}

/** Hosts that gateway pods serve over HTTPS, through whichever Gateway, by the selector of the pods. */
function securedHosts(gateways: readonly MeshObject<Gateway>[]): ReadonlyMap<string, readonly string[]> {
  const byPods = Map.groupBy(gateways, podsOf);
  return new Map([...byPods].map(([pods, group]) => [pods, group.flatMap(httpsHosts)]));
}

const podsOf = ({ spec }: MeshObject<Gateway>): string => canonicalJson(spec.selector ?? {});

function httpsHosts({ spec, namespace }: MeshObject<Gateway>): string[] {
  return (spec.servers ?? [])
    .filter((server) => isHttpServer(server) && !isHttp(parseProtocol(server.port?.protocol)))
    .flatMap((server) => serverHosts(server, namespace));
}

const nameOf = (host: string): string => host.slice(host.indexOf("/") + 1);
