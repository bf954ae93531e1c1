import { routingMesh } from "../../src/cli/route-mesh.ts";
import { defaultMeshSettings } from "../../src/mesh/settings.ts";
import { canonicalJson } from "../../src/traffic/effective/canonical.ts";
import { answer, type RouteAnswer } from "../../src/traffic/route.ts";
import { conformance } from "../resolution/conformance.ts";
import { type EnvoyRoute, type EnvoyVirtualHost, exampleOf, firstMatch } from "./envoy-routes.ts";

interface EffectiveCase {
  readonly id: string;
  readonly config: string;
  readonly kube: string;
  readonly proxy: {
    readonly gateway: boolean;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  /** Virtual hosts by route table: a sidecar's port, or `http.80` of a gateway. */
  readonly routes: Readonly<Record<string, readonly EnvoyVirtualHost[]>>;
}

const seconds = (text: string | undefined): number | null => {
  const parts = [...(text ?? "").matchAll(/([\d.]+)(h|ms|m|s)/g)];
  const scale: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (scale[unit ?? ""] ?? 0), 0);
  return total || null;
};

const cluster = (name: string): { host: string; port: number; subset: string | null } => {
  const [, port, subset, host = ""] = name.split("|");
  return { host, port: Number(port), subset: subset || null };
};

const codes: Record<string, number> = {
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};
const millionths = (fraction: { numerator: number; denominator?: string }): number =>
  fraction.denominator === "MILLION" ? fraction.numerator / 10_000 : fraction.numerator;

/** What Envoy does, in the words of an answer. */
function fromEnvoy(route: EnvoyRoute | null): unknown {
  if (!route) return { outcome: "not-found" };
  const { destinations = [], retry, redirect, directResponse, mirrors = [] } = route;
  if (redirect) {
    return {
      outcome: "redirect",
      redirect: {
        uri: redirect.pathRedirect || null,
        authority: redirect.hostRedirect,
        scheme: redirect.schemeRedirect,
        port: redirect.portRedirect,
        code: codes[redirect.responseCode ?? ""] ?? 301,
      },
    };
  }
  if (directResponse) {
    return { outcome: directResponse.status === 502 ? "blackhole" : "direct-response" };
  }
  if (destinations.length === 0) return { outcome: "not-found" };
  if (destinations[0]?.cluster === "PassthroughCluster") return { outcome: "passthrough" };
  const total = destinations.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const delay = route.filters?.["envoy.filters.http.fault"]?.delay;
  return {
    outcome: "route",
    destinations: destinations.map(({ cluster: name, weight = 1 }) => ({
      ...cluster(name),
      share: (100 * weight) / total,
    })),
    timeoutMs: seconds(route.timeout),
    retries: retry && {
      attempts: retry.numRetries,
      retryOn: retry.retryOn.split(","),
      statusCodes: retry.retriableStatusCodes ?? [],
      perTryTimeoutMs: seconds(retry.perTryTimeout),
      backoffMs: seconds(retry.backoff),
      ignorePreviousHosts: retry.previousHosts,
      remoteLocalities: retry.remoteLocalities,
    },
    rewrite:
      route.prefixRewrite || route.regexRewrite
        ? {
            uri: route.prefixRewrite,
            uriRegex: route.regexRewrite && {
              match: route.regexRewrite.pattern.regex,
              rewrite: route.regexRewrite.substitution,
            },
          }
        : null,
    delay:
      delay?.fixedDelay && delay.percentage
        ? [seconds(delay.fixedDelay), millionths(delay.percentage)]
        : null,
    mirrors: mirrors.map(({ cluster: name, fraction }) => ({
      ...cluster(name),
      percent: millionths(fraction),
    })),
  };
}

function fromAnswer(found: RouteAnswer): unknown {
  const { outcome, destinations, timeoutMs, retries, rewrite, mirrors, redirect, fault } = found;
  if (outcome === "redirect") return { outcome, redirect };
  if (outcome !== "route" && outcome !== "default") return { outcome };
  const delay = fault?.delay ? [fault.delay.ms, fault.delay.percent] : null;
  return { outcome: "route", destinations, timeoutMs, retries, rewrite, delay, mirrors };
}

conformance<EffectiveCase>("effective", "every route of the real proxy answers as ours does", (given) => {
  const files = [
    { path: "config.yaml", text: given.config },
    { path: "kube.yaml", text: given.kube },
  ];
  const { mesh } = routingMesh(files, defaultMeshSettings);
  return Object.entries(given.routes).flatMap(([table, hosts]) => {
    const port = Number(table.replace("http.", ""));
    return hosts.flatMap((host) =>
      host.domains.flatMap((domain) =>
        (host.routes.length > 0 ? host.routes : [null]).flatMap((route) => {
          const request = exampleOf(domain, route);
          const want = fromEnvoy(firstMatch(host, request));
          const found = answer(mesh, { ...request, proxy: given.proxy, port, scheme: "http" });
          const got = fromAnswer(found);
          const [expected, actual] = [canonicalJson(want), canonicalJson(got)];
          return expected === actual
            ? []
            : [`${given.id} ${table} ${domain}${request.path}: expected ${expected}, found ${actual}`];
        }),
      ),
    );
  });
});
