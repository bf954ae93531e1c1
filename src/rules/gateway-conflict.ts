import type { Labels } from "../mesh/istio/primitives.ts";
import type { Gateway, Server } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { listed } from "./references/listed.ts";
import { podsSelected, selectorText } from "./references/pods.ts";

export const gatewayConflict = defineAnalysis({
  id: "gateway-conflict",
  title: "Two Gateways claim one host on one port",
  level: "error",
  istio: ["IST0145", "IST0101"],
  mutual: true,
  docs: {
    what: "finds hosts that several Gateways for the same pods list on the same port and bind address",
    why: "only the oldest Gateway's server counts where they disagree: its certificate, its TLS mode, its redirect; Git does not tell which is oldest",
    do: "Keep the host in one Gateway, and let VirtualServices of other namespaces name that one.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: shop, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }
`,
    },
  },
  *check({ mesh, complete }) {
    const listeners = listenersByHost(mesh);
    const related = new Relations(mesh);
    const opened = new Set(mesh.gateways.filter(({ spec }) => spec.servers?.length).map(selectorOf));
    for (const gateway of mesh.gateways) {
      const selector = selectorOf(gateway);
      for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
        const hosts = server.hosts ?? [];
        const rivals = (host: string) =>
          (listeners.get(listenerKey(server, host)) ?? []).flatMap(({ gateway: other }) =>
            other !== gateway && related.areSame(gateway, other) ? [other] : [],
          );
        const others = new Set(hosts.flatMap(rivals));
        if (others.size === 0) continue;
        const shared = hosts.filter((host) => rivals(host).length > 0);
        yield {
          object: gateway,
          path: ["spec", "servers", index, "hosts"],
          subject: `port ${portOf(server)} hosts ${[...shared].sort().join(", ")}`,
          message: `${listed([...others].map(({ id }) => id))} ${others.size > 1 ? "claim" : "claims"} ${listed(shared)} on port ${portOf(server)} for the same pods`,
          fix: "keep the host in one of the Gateways",
          certainty: meeting(gateway, ...others),
          istio: ["IST0145"],
        };
      }
      const isOpen = () =>
        opened.has(selector) || [...opened].some((other) => related.areSameText(selector, other));
      if (complete && selector !== "" && !isOpen()) {
        yield {
          object: gateway,
          path: ["spec", "selector"],
          subject: `selector ${selector}`,
          message: `no Gateway for ${selector} opens a port, this one has no servers`,
          fix: "add servers",
          istio: ["IST0101"],
        };
      }
    }
  },
});

const selectorOf = ({ spec }: MeshObject<Gateway>): string => selectorText(spec.selector);
const portOf = ({ port }: Server): number => port?.number ?? 0;
const listenerKey = (server: Server, host: string): string =>
  `${portOf(server)}\n${server.bind ?? ""}\n${host}`;

/** Gateways by port, bind address and host as written. Of several servers on one port the last one counts for others. */
function listenersByHost(
  mesh: Mesh,
): ReadonlyMap<string, readonly { readonly gateway: MeshObject<Gateway> }[]> {
  const entries = mesh.gateways.flatMap((gateway) => {
    const lastOnPort = new Map((gateway.spec.servers ?? []).map((server) => [portOf(server), server]));
    const keys = [...lastOnPort.values()].flatMap((server) =>
      (server.hosts ?? []).map((host) => listenerKey(server, host)),
    );
    return [...new Set(keys)].map((key) => ({ key, gateway }));
  });
  return Map.groupBy(entries, ({ key }) => key);
}

/**
 * Which selectors mean the same pods: equal ones, and those of which one contains the other as text while some pod
 * carries the labels of both (pkg/config/analysis/analyzers/gateway/conflictinggateway.go).
 */
class Relations {
  readonly #mesh: Mesh;
  readonly #selectors: ReadonlyMap<string, Labels>;
  readonly #known = new Map<string, boolean>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
    this.#selectors = new Map(
      mesh.gateways.map((gateway) => [selectorOf(gateway), gateway.spec.selector ?? {}]),
    );
  }

  areSame(a: MeshObject<Gateway>, b: MeshObject<Gateway>): boolean {
    return this.areSameText(selectorOf(a), selectorOf(b));
  }

  areSameText(a: string, b: string): boolean {
    if (a === b) return true;
    if (!a.includes(b) && !b.includes(a)) return false;
    const key = `${a}\n${b}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [ofA, ofB] = [this.#selectors.get(a) ?? {}, this.#selectors.get(b) ?? {}];
    const agree = Object.entries(ofA).every(([label, value]) => (ofB[label] ?? value) === value);
    const same = agree && podsSelected(this.#mesh, { ...ofA, ...ofB }, null).length > 0;
    this.#known.set(key, same);
    return same;
  }
}
