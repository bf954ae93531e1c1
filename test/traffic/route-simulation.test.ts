import { routingMesh } from "../../src/cli/route-mesh.ts";
import { defaultMeshSettings } from "../../src/mesh/settings.ts";
import { answer, type RouteAnswer } from "../../src/traffic/route.ts";
import { conformance } from "../resolution/conformance.ts";

interface Call {
  readonly name: string;
  readonly call: {
    readonly address: string;
    readonly headers: Readonly<Record<string, readonly string[]>> | null;
    readonly host: string;
    readonly path: string;
    readonly port: number;
    readonly protocol: "" | "http" | "http2" | "tcp";
    readonly sni: string;
    readonly tls: "" | "plaintext" | "tls";
  };
  readonly actual: { readonly cluster: string; readonly error: string; readonly route: string };
}
interface Simulation {
  readonly name: string;
  readonly config: string;
  readonly kubeConfig: string;
  readonly proxy: {
    readonly labels?: Readonly<Record<string, string>> | null;
    readonly namespace?: string;
    readonly type?: "router" | "sidecar";
  };
  readonly calls: readonly Call[];
}

/** The simulator qualifies short names without a cluster domain. */
const shortHost = (host: string): string => host.replace(/\.svc\.cluster\.local$/, "");

function expected({ actual }: Call): string {
  if (actual.error === "tls required, sending 301") return "redirect";
  if (actual.error !== "") return "not-found";
  if (actual.route === "block_all" || actual.cluster === "BlackHoleCluster") return "blackhole";
  if (!actual.cluster.startsWith("outbound|")) return "passthrough";
  const [, port, subset, host = ""] = actual.cluster.split("|");
  return `${shortHost(host)}:${port}/${subset}`;
}

function found({ outcome, destinations }: RouteAnswer): string {
  if (outcome !== "route" && outcome !== "default") return outcome;
  return destinations.map(({ host, port, subset }) => `${shortHost(host)}:${port}/${subset ?? ""}`).join(" ");
}

conformance<Simulation>("simulation", "requests go where the real proxy sends them", (given) => {
  const files = [
    { path: "config.yaml", text: given.config },
    { path: "kube.yaml", text: given.kubeConfig },
  ];
  const outboundTrafficPolicy = given.name.includes("REGISTRY_ONLY") ? "REGISTRY_ONLY" : "ALLOW_ANY";
  const { mesh } = routingMesh(files, { ...defaultMeshSettings, outboundTrafficPolicy });
  const proxy = {
    namespace: given.proxy.namespace ?? "default",
    labels: given.proxy.labels ?? {},
    gateway: given.proxy.type === "router",
  };
  return given.calls.flatMap((call) => {
    const { address, host, path, port, protocol, sni, tls, headers } = call.call;
    const result = answer(mesh, {
      proxy,
      port,
      host,
      path,
      sni,
      address: address || null,
      protocol: protocol || null,
      scheme: tls === "tls" ? "https" : "http",
      headers: Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, values]) => [name, values.join(",")]),
      ),
    });
    const [want, got] = [expected(call), found(result)];
    return want === got ? [] : [`${given.name} / ${call.name}: expected ${want}, found ${got}`];
  });
});
