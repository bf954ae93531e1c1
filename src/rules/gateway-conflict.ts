import type { Labels } from "../mesh/istio/primitives.ts";
import type { Gateway, Server } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { listed } from "./references/listed.ts";
import { othersThan } from "./references/parties.ts";
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
    const listeners = new Listeners(mesh);
    for (const gateway of mesh.gateways) {
      for (const [index, server] of (gateway.spec.servers ?? []).entries()) {
        const hosts = server.hosts ?? [];
        const shared = hosts.filter((host) => listeners.rivals(gateway, server, host).length > 0);
        const rivals = shared.flatMap((host) => listeners.rivals(gateway, server, host));
        const others = othersThan(gateway, rivals);
        if (!others) continue;
        yield {
          object: gateway,
          path: ["spec", "servers", index, "hosts"],
          subject: `port ${portOf(server)} hosts ${[...shared].sort().join(", ")}`,
          message: `${others.names} ${others.isOne ? "claims" : "claim"} ${listed(shared)} on port ${portOf(server)} for the same pods`,
          fix: "keep the host in one of the Gateways",
          certainty: others.certainty,
          istio: ["IST0145"],
        };
      }
      if (complete && !listeners.isOpen(gateway)) {
        const selector = selectorText(gateway.spec.selector);
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

const portOf = ({ port }: Server): number => port?.number ?? 0;
const listenerKey = (server: Server, host: string): string =>
  `${portOf(server)}\n${server.bind ?? ""}\n${host}`;

/** Which Gateways listen where (pkg/config/analysis/analyzers/gateway/conflictinggateway.go). */
class Listeners {
  readonly #mesh: Mesh;
  readonly #texts: ReadonlyMap<MeshObject<Gateway>, string>;
  readonly #selectors: ReadonlyMap<string, Labels>;
  /** By port, bind address and host as written, then by selector. */
  readonly #byListener = new Map<string, Map<string, MeshObject<Gateway>[]>>();
  readonly #opened: ReadonlySet<string>;
  readonly #related = new Map<string, boolean>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
    this.#texts = new Map(mesh.gateways.map((gateway) => [gateway, selectorText(gateway.spec.selector)]));
    this.#selectors = new Map(
      mesh.gateways.map((gateway) => [this.#textOf(gateway), gateway.spec.selector ?? {}]),
    );
    const open = mesh.gateways.filter(({ spec }) => spec.servers?.length);
    this.#opened = new Set(open.map((gateway) => this.#textOf(gateway)));
    for (const gateway of open) this.#listen(gateway);
  }

  /** Other Gateways, for the same pods, with the same host on the same port and address. */
  rivals(gateway: MeshObject<Gateway>, server: Server, host: string): readonly MeshObject<Gateway>[] {
    const text = this.#textOf(gateway);
    const groups = [...(this.#byListener.get(listenerKey(server, host)) ?? [])];
    const same = groups
      .filter(([other]) => this.#areRelated(text, other))
      .flatMap(([, gateways]) => gateways);
    return same.length === 1 && same[0] === gateway ? [] : same;
  }

  /** Whether some Gateway for the same pods has a server at all; without a selector Istio does not ask. */
  isOpen(gateway: MeshObject<Gateway>): boolean {
    const text = this.#textOf(gateway);
    if (text === "" || this.#opened.has(text)) return true;
    return [...this.#opened].some((other) => this.#areRelated(text, other));
  }

  #textOf(gateway: MeshObject<Gateway>): string {
    return this.#texts.get(gateway) ?? "";
  }

  /** Of several servers on one port the last one counts for other Gateways. */
  #listen(gateway: MeshObject<Gateway>): void {
    const lastOnPort = new Map((gateway.spec.servers ?? []).map((server) => [portOf(server), server]));
    const keys = [...lastOnPort.values()].flatMap((server) =>
      (server.hosts ?? []).map((host) => listenerKey(server, host)),
    );
    const text = this.#textOf(gateway);
    for (const key of new Set(keys)) {
      const groups = this.#byListener.get(key) ?? new Map<string, MeshObject<Gateway>[]>();
      this.#byListener.set(key, groups);
      const group = groups.get(text);
      if (group) group.push(gateway);
      else groups.set(text, [gateway]);
    }
  }

  /** Selectors that are equal, or of which one contains the other as text while some pod carries the labels of both. */
  #areRelated(a: string, b: string): boolean {
    if (a === b) return true;
    if (!a.includes(b) && !b.includes(a)) return false;
    const key = `${a}\n${b}`;
    const known = this.#related.get(key);
    if (known !== undefined) return known;
    const [ofA, ofB] = [this.#selectors.get(a) ?? {}, this.#selectors.get(b) ?? {}];
    const agree = Object.entries(ofA).every(([label, value]) => (ofB[label] ?? value) === value);
    const related = agree && podsSelected(this.#mesh, { ...ofA, ...ofB }, null).length > 0;
    this.#related.set(key, related);
    return related;
  }
}
