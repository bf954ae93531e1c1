import type { Path } from "../manifest/source.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { type AnalysisContext, defineAnalysis } from "./analysis.ts";
import type { IstioCode } from "./istio-messages.ts";
import { touchedRoutes } from "./references/http-routes.ts";
import { trafficPolicies } from "./references/traffic-policies.ts";

export const deprecatedField = defineAnalysis({
  id: "deprecated-field",
  title: "A field is deprecated, or ignored",
  level: "warning",
  istio: ["IST0002", "IST0133"],
  docs: {
    what: "finds fields that Istio ignores (`consecutiveErrors`) or gives up (`percent`, `mirrorPercent`, `allowOrigin`, `egressProxy`)",
    why: "an ignored field protects nobody although it reads as if it did, and a replaced one goes away with some later release",
    do: "Write the field that the message names.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { outlierDetection: { consecutiveErrors: 5 } }
`,
    },
  },
  *check(context) {
    for (const { object, path, message, fix, istio } of deprecated(context)) {
      yield {
        object,
        path,
        part: "key",
        subject: path.filter((part) => typeof part === "string").join("."),
        message,
        fix,
        ...(istio ? { istio: [istio] } : {}),
      };
    }
  },
});

interface Deprecated {
  readonly object: MeshObject<unknown>;
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
  /** Istio's own analyzer knows but two of them. */
  readonly istio?: IstioCode;
}

function* deprecated(context: AnalysisContext): Generator<Deprecated> {
  yield* inRoutes(context);
  yield* inPolicies(context);
  yield* inSidecars(context.mesh, context.touched);
}

const replaced = (field: string, by: string) => ({
  message: `${field} is deprecated in favour of ${by}`,
  fix: `write ${by} instead of ${field}`,
});

function* inRoutes(context: AnalysisContext): Generator<Deprecated> {
  for (const { service: object, route, path } of touchedRoutes(context)) {
    if ((route.fault?.delay?.percent ?? 0) > 0) {
      const place = { object, path: [...path, "fault", "delay", "percent"] };
      yield { ...place, ...replaced("percent", "percentage"), istio: "IST0002" };
    }
    for (const field of ["mirrorPercent", "mirror_percent"] as const) {
      if (route[field] === undefined) continue;
      yield { object, path: [...path, field], ...replaced(field, "mirrorPercentage") };
    }
    if (route.corsPolicy?.allowOrigin?.length) {
      yield {
        object,
        path: [...path, "corsPolicy", "allowOrigin"],
        ...replaced("allowOrigin", "allowOrigins"),
      };
    }
  }
}

function* inPolicies({ mesh, touched }: AnalysisContext): Generator<Deprecated> {
  for (const object of mesh.destinationRules) {
    if (!touched.has(object.id)) continue;
    for (const { policy, path } of trafficPolicies(object)) {
      if (policy.outlierDetection?.consecutiveErrors) {
        const message = "consecutiveErrors is ignored, so it is not what ejects a failing endpoint";
        const fix = "write consecutive5xxErrors, or consecutiveGatewayErrors, instead of consecutiveErrors";
        const place = { object, path: [...path, "outlierDetection", "consecutiveErrors"] };
        yield { ...place, message, fix, istio: "IST0133" };
      }
    }
  }
}

function* inSidecars(mesh: Mesh, touched: ReadonlySet<string>): Generator<Deprecated> {
  for (const object of mesh.sidecars) {
    if (!touched.has(object.id) || !object.spec.outboundTrafficPolicy?.egressProxy) continue;
    yield {
      object,
      path: ["spec", "outboundTrafficPolicy", "egressProxy"],
      message: "egressProxy is deprecated",
      fix: "send unknown hosts through an egress gateway with a ServiceEntry and a VirtualService",
      istio: "IST0002",
    };
  }
}
