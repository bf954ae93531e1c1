import { matchesConflict, mergeDelegateRoute, mergeMatches } from "../../src/mesh/delegates.ts";
import type { HTTPMatchRequest, HTTPRoute, VirtualService } from "../../src/mesh/istio.ts";
import { resolveVirtualServices } from "../../src/mesh/virtual-services.ts";
import { canonicalJson } from "../../src/traffic/effective/canonical.ts";
import { conformance } from "./conformance.ts";
import { meshOf, objectOf } from "./mesh-objects.ts";

interface Named {
  readonly name: string;
  readonly namespace: string;
  readonly spec: VirtualService;
}
type DelegateCase = { readonly name: string } & (
  | { readonly test: "TestHasConflict"; root: HTTPMatchRequest; leaf: HTTPMatchRequest; expected: boolean }
  | {
      readonly test: "TestMergeHTTPMatchRequests";
      root: HTTPMatchRequest[];
      delegate: HTTPMatchRequest[];
      expected: HTTPMatchRequest[];
    }
  | { readonly test: "TestMergeHttpRoutes"; root: HTTPRoute; delegate: HTTPRoute[]; expected: HTTPRoute[] }
  | {
      readonly test: "TestControllerMergeVirtualServices";
      defaultExportTo: string;
      input: Named[];
      expected: Named[];
    }
);

/** The mesh default `.` is not a setting of ours: it is written out, which means the same. */
function withDefault(spec: VirtualService, defaultExportTo: string): VirtualService {
  return spec.exportTo || defaultExportTo === "[*]" ? spec : { ...spec, exportTo: ["."] };
}

function answer(given: DelegateCase): unknown {
  switch (given.test) {
    case "TestHasConflict":
      return matchesConflict(given.root, given.leaf);
    case "TestMergeHTTPMatchRequests":
      return mergeMatches(given.root, given.delegate) ?? [];
    case "TestMergeHttpRoutes":
      return given.delegate.flatMap((leaf) => mergeDelegateRoute(given.root, leaf) ?? []);
    case "TestControllerMergeVirtualServices": {
      const virtualServices = given.input.map(({ name, namespace, spec }) =>
        objectOf("VirtualService", namespace, name, withDefault(spec, given.defaultExportTo)),
      );
      return resolveVirtualServices(meshOf({ virtualServices })).map(({ object, hosts, gateways, http }) => ({
        name: object.name,
        namespace: object.namespace,
        spec: { hosts, gateways, http: http.map(({ route }) => route) },
      }));
    }
  }
}

conformance<DelegateCase>("delegate-merge", "delegates merge as Istio merges them", (given) =>
  canonicalJson(answer(given)) === canonicalJson(given.expected) ? [] : [`${given.test} ${given.name}`],
);
