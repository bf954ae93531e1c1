import { mirrorPercentOf } from "../mesh/delegates.ts";
import type { HTTPRoute } from "../mesh/istio.ts";
import { defineAnalysis } from "./analysis.ts";
import { touchedRoutes } from "./references/http-routes.ts";

export const mirrorWithoutEffect = defineAnalysis({
  id: "mirror-without-effect",
  title: "No request is mirrored",
  level: "warning",
  docs: {
    what: "finds mirrors of zero percent of the requests, which an empty percentage is as well",
    why: "the version under test gets no requests, and its silence looks like success",
    do: "Leave the percentage out to mirror all requests, or set a value above zero.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route: [{ destination: { host: reviews } }]
      mirror: { host: reviews-next }
      mirrorPercentage: {}
`,
    },
  },
  *check(context) {
    for (const { service, route, path, name } of touchedRoutes(context)) {
      for (const { host, field } of silentMirrors(route)) {
        yield {
          object: service,
          path: [...path, ...field],
          subject: `mirror ${host} of ${name}`,
          message: `0 % of the requests are mirrored to ${host}`,
          fix: "leave the percentage out to mirror all requests, or set a value above zero",
        };
      }
    }
  },
});

interface SilentMirror {
  readonly host: string;
  readonly field: readonly (string | number)[];
}

/** A percentage that is there and empty is zero; the deprecated `mirrorPercent` counts where there is none. */
function* silentMirrors(route: HTTPRoute): Generator<SilentMirror> {
  const { mirror, mirrorPercentage, mirrors = [] } = route;
  if (mirror && (mirrorPercentage ? !mirrorPercentage.value : mirrorPercentOf(route) === 0)) {
    yield { host: mirror.host, field: [mirrorPercentage ? "mirrorPercentage" : "mirrorPercent"] };
  }
  for (const [index, { destination, percentage }] of mirrors.entries()) {
    if (percentage && !percentage.value) {
      yield { host: destination.host, field: ["mirrors", index, "percentage"] };
    }
  }
}
