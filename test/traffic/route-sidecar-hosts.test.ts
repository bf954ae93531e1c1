import { routingMesh } from "../../src/cli/route-mesh.ts";
import { defaultMeshSettings } from "../../src/mesh/settings.ts";
import { answer } from "../../src/traffic/route.ts";
import { conformance } from "../resolution/conformance.ts";

interface SidecarCase {
  readonly name: string;
  readonly variant: string;
  readonly config: string;
  readonly proxyNamespace: string;
  readonly routeExists: boolean;
  readonly routeName: string;
  /** Every domain of the route table and where it leads. */
  readonly allHosts: Readonly<Record<string, readonly string[]>>;
  /** Domains that must, or (null) must not, be in it. */
  readonly expected: Readonly<Record<string, readonly string[] | null>> | null;
}

/** What the table says of a host: its own entry, else the longest wildcard's. */
function lookUp(table: SidecarCase["allHosts"], host: string): string {
  const wildcards = Object.keys(table).filter(
    (domain) => domain.startsWith("*") && host.endsWith(domain.slice(1)),
  );
  const longest = wildcards.sort((a, b) => b.length - a.length)[0] ?? "*";
  return (table[host] ?? table[longest] ?? []).join(" ");
}

conformance<SidecarCase>("sidecar-routes", "a sidecar answers for the hosts Istio gives it", (given) => {
  const { mesh } = routingMesh([{ path: "config.yaml", text: given.config }], defaultMeshSettings);
  const port = Number(given.routeName);
  const proxy = { namespace: given.proxyNamespace, labels: {}, gateway: false };
  const named = [...Object.keys(given.allHosts), ...Object.keys(given.expected ?? {})];
  const hosts = new Set(named.map((domain) => domain.replace(/^\*\.?/, "probe.")));
  const table = given.routeExists ? given.allHosts : { "*": ["PassthroughCluster"] };
  return [...hosts].flatMap((host) => {
    const { outcome, destinations } = answer(mesh, { proxy, port, host, scheme: "http" });
    const clusters = destinations.map((item) => `outbound|${item.port}|${item.subset ?? ""}|${item.host}`);
    const got = outcome === "passthrough" ? "PassthroughCluster" : clusters.join(" ");
    const want = lookUp(table, host);
    return want === got ? [] : [`${given.name} (${given.variant}) ${host}: expected ${want}, found ${got}`];
  });
});
