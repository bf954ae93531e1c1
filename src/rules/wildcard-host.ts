import * as z from "zod";
import type { Path } from "../manifest/source.ts";
import type { MeshObject } from "../mesh/object.ts";
import type { Violation } from "./finding.ts";
import { matchesAny } from "./glob.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  refuse: z
    .array(z.string().min(1))
    .default(["*"])
    .meta({ tighter: "union", description: "Hosts that nobody may write, such as `*` or `*.com`." }),
  except: z
    .array(z.string().min(1))
    .default([])
    .meta({ tighter: "intersection", description: "Globs of namespaces that may." }),
});
type Options = z.output<typeof options>;

export const wildcardHost = defineStateRule({
  id: "wildcard-host",
  title: "An object is for every host",
  approval: null,
  docs: {
    what: "refuses `*` as a host of VirtualServices and Gateway servers",
    why: "whatever host no other object names lands here: requests that should fail are answered, by whoever wrote the wildcard first, and a new team's host may never arrive",
    do: "Name the hosts, or a wildcard below a domain of your own such as `*.shop.example.com`.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  gateways: [edge/public]
  http:
    - route: [{ destination: { host: shop } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: ["*"]
  gateways: [edge/public]
  http:
    - route: [{ destination: { host: shop } }]
`,
    },
  },
  options,
  *check(context) {
    const { mesh, touched, options } = context;
    for (const object of mesh.virtualServices) {
      if (!touched.has(object.id) || matchesAny(options.except, object.namespace)) continue;
      for (const [index, host] of (object.spec.hosts ?? []).entries()) {
        if (options.refuse.includes(host)) yield violation(object, host, "", ["hosts", index], context);
      }
    }
    for (const object of mesh.gateways) {
      if (!touched.has(object.id) || matchesAny(options.except, object.namespace)) continue;
      for (const [server, { hosts = [], port, bind }] of (object.spec.servers ?? []).entries()) {
        for (const [index, host] of hosts.entries()) {
          // `shop/*` is every host, if only for VirtualServices of one namespace.
          if (!options.refuse.includes(host.slice(host.indexOf("/") + 1))) continue;
          const where = ` on port ${port?.number}${bind ? ` of ${bind}` : ""}`;
          yield violation(object, host, where, ["servers", server, "hosts", index], context);
        }
      }
    }
  },
});

function violation(
  object: MeshObject<unknown>,
  host: string,
  where: string,
  path: Path,
  { limit }: StateContext<Options>,
): Violation {
  return {
    object: object.id,
    subject: `host ${host}${where}`,
    range: object.locate(["spec", ...path]),
    message: `\`${host}\`${where} is for every host that nobody else names`,
    after: host,
    fix: "name the hosts, or a wildcard below a domain of your own",
    certainty: "certain",
    limit: limit("refuse"),
  };
}
