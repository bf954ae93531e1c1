import { isObject } from "../manifest/json.ts";
import type { ServiceEntry } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";

export const serviceEntryAddresses = defineAnalysis({
  id: "service-entry-addresses",
  title: "A TCP port of a ServiceEntry has no address to be told by",
  level: "warning",
  istio: ["IST0134"],
  docs: {
    what: "finds ServiceEntries without addresses that have ports for TCP, or without a protocol",
    why: "a TCP connection carries no host name: without an address the port takes every connection to it, whatever it was meant for",
    do: "Give the ServiceEntry `addresses`, name the port's protocol, or let Istio allocate addresses.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: database, namespace: prod }
spec:
  hosts: [db.example.com]
  ports: [{ number: 5432, name: tcp, protocol: TCP }]
  resolution: DNS
`,
    },
  },
  *check({ mesh, touched }) {
    if (mesh.settings.allocatesAddresses) return;
    for (const entry of mesh.serviceEntries) {
      if (!touched.has(entry.id) || entry.spec.addresses?.length || hasAllocated(entry)) continue;
      for (const [index, { protocol = "", number }] of (entry.spec.ports ?? []).entries()) {
        if (protocol !== "" && protocol.toUpperCase() !== "TCP") continue;
        yield {
          object: entry,
          path: ["spec", "ports", index, "name"],
          subject: `port ${number}`,
          message: `port ${number} is ${protocol === "" ? "of no protocol, hence" : "for"} TCP, and the ServiceEntry has no addresses`,
          fix: "add addresses, or name the protocol of the port",
          istio: ["IST0134"],
        };
      }
    }
  },
});

/** Istio writes the addresses that it allocates into the status, which manifests taken from a cluster still have. */
function hasAllocated({ document: { value } }: MeshObject<ServiceEntry>): boolean {
  const status = isObject(value) && isObject(value.status) ? value.status : {};
  return Array.isArray(status.addresses) && status.addresses.length > 0;
}
