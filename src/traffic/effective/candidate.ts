import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import type { Candidate, EffectiveRoute } from "./table.ts";

/** A candidate whose routes are translated when first asked for. */
export function candidate(
  service: ResolvedVirtualService,
  host: string,
  server: number,
  translate: () => readonly EffectiveRoute[],
): Candidate {
  let routes: readonly EffectiveRoute[] | null = null;
  return {
    service,
    host,
    server,
    get routes() {
      routes ??= translate();
      return routes;
    },
  };
}

/** TLS routes are told apart by SNI first, so each SNI host is a context of its own. */
export function sniCandidates(
  service: ResolvedVirtualService,
  routes: readonly EffectiveRoute[],
  server: number,
): readonly Candidate[] {
  return [...Map.groupBy(routes, sniOf)].map(([host, own]) => candidate(service, host, server, () => own));
}

function sniOf({ conditions }: EffectiveRoute): string {
  const test = conditions.find(({ part }) => part === "sni")?.test;
  if (!test || test.kind === "present") return "*";
  return (test.kind === "suffix" ? `*${test.value}` : test.value).toLowerCase();
}
