import { defineAnalysis } from "./analysis.ts";
import { touchedRoutes } from "./references/http-routes.ts";

export const redirectWithoutEffect = defineAnalysis({
  id: "redirect-without-effect",
  title: "A redirect has a code that Istio does not send",
  level: "error",
  docs: {
    what: "finds redirects with a code other than 301, 302, 303, 307 and 308",
    why: "such an object is taken without complaint, and the route that comes of it does nothing, so its requests fail",
    do: "Use 301 or 308 for good, 302 or 307 for now, 303 to continue with GET.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop]
  http:
    - redirect: { uri: /new, redirectCode: 304 }
`,
    },
  },
  *check(context) {
    for (const { service, route, path, name } of touchedRoutes(context)) {
      const code = route.redirect?.redirectCode;
      if (!code || sent.has(code)) continue;
      yield {
        object: service,
        path: [...path, "redirect", "redirectCode"],
        subject: `redirect of ${name}`,
        message: `Istio does not redirect with code ${code}, and the route does nothing`,
        after: String(code),
        fix: "use 301, 302, 303, 307 or 308",
      };
    }
  },
});

/** pilot/pkg/networking/core/route/route.go `ApplyRedirect`. */
const sent: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
