import { isObject } from "../manifest/json.ts";
import type { Json, Path } from "../manifest/source.ts";
import { defineAnalysis } from "./analysis.ts";

export const nullMatch = defineAnalysis({
  id: "null-match",
  title: "A condition of a match is dropped because it is null",
  level: "error",
  docs: {
    what: "finds conditions in matches that are null, such as `x-canary:` with nothing behind it",
    why: "the API server drops fields that are null: the condition vanishes, and the route takes requests that it was meant to leave alone",
    do: "Write `{}` to ask that the header is there, or the value that is meant.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - match:
        - headers:
            x-canary:
      route: [{ destination: { host: reviews-canary } }]
    - route: [{ destination: { host: reviews } }]
`,
    },
  },
  *check({ mesh, touched }) {
    for (const service of mesh.virtualServices) {
      if (!touched.has(service.id)) continue;
      const { value } = service.document;
      const written = isObject(value) ? (value.spec ?? null) : null;
      // What is read is what was written, unless nulls had to be taken out.
      if (written === service.spec) continue;
      for (const path of nullConditions(written)) {
        const name = String(path.at(-1));
        const isWithout = path.includes("withoutHeaders");
        yield {
          object: service,
          path,
          part: "key",
          subject: `null ${path.filter((part) => typeof part === "string").join(".")}`,
          message: `${name} is null and no condition, so the match takes more requests than it reads`,
          fix: isWithout
            ? "write {} to ask that the header is absent"
            : "write {} to ask that it is there, or a value",
        };
      }
    }
  },
});

/** Paths of nulls inside the matches of any route. */
function* nullConditions(spec: Json): Generator<Path> {
  if (!isObject(spec)) return;
  for (const protocol of ["http", "tls", "tcp"]) {
    const routes = spec[protocol];
    for (const [index, route] of Array.isArray(routes) ? routes.entries() : []) {
      const matches = isObject(route) ? (route.match ?? null) : null;
      yield* nulls(matches, ["spec", protocol, index, "match"]);
    }
  }
}

function* nulls(value: Json, path: Path): Generator<Path> {
  const children = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, child] of children) {
    if (child === null && typeof key === "string") yield [...path, key];
    else yield* nulls(child, [...path, key]);
  }
}
