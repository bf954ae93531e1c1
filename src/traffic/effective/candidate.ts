import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import type { Candidate, EffectiveRoute } from "./table.ts";

/** A candidate whose routes are translated when first asked for. */
export function candidate(
  service: ResolvedVirtualService,
  host: string,
  place: { readonly server: number; readonly redirectToHttps: boolean },
  translate: () => readonly EffectiveRoute[],
): Candidate {
  let routes: readonly EffectiveRoute[] | null = null;
  return {
    service,
    host,
    ...place,
    get routes() {
      routes ??= translate();
      return routes;
    },
  };
}

/** Where there is but one server, or none: the mesh, connections, Gateways that Git does not show. */
export const onlyServer = { server: 0, redirectToHttps: false } as const;

/** TLS routes are told apart by SNI first, so each SNI host is a context of its own. */
export function sniCandidates(
  service: ResolvedVirtualService,
  routes: readonly EffectiveRoute[],
  server: number,
): readonly Candidate[] {
  return [...Map.groupBy(routes, sniOf)].map(([host, own]) =>
    candidate(service, host, { ...onlyServer, server }, () => own),
  );
}

function sniOf({ conditions }: EffectiveRoute): string {
  const test = conditions.find(({ part }) => part === "sni")?.test;
  if (!test || test.kind === "present") return "*";
  return (test.kind === "suffix" ? `*${test.value}` : test.value).toLowerCase();
}
