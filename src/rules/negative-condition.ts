import { isObject } from "../manifest/json.ts";
import type { Json, JsonObject } from "../manifest/source.ts";
import { groupOf } from "../mesh/kinds.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";

export const negativeCondition = defineAnalysis({
  id: "negative-condition",
  title: "A controller says that an object is not in force",
  level: "warning",
  istio: ["IST0171"],
  docs: {
    what: "finds conditions in the `status` of manifests that were taken from a cluster, such as `WaypointBound: False`",
    why: "the object is there and does not do what it says: no waypoint serves it, or a controller did not accept it",
    do: "Mend what the condition's message names. Git does not carry a status: this is for dumps of a cluster.",
    example: {
      base: "",
      head: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
status:
  conditions:
    - { type: istio.io/WaypointBound, status: "False", reason: NoWaypoint, message: waypoint is not ready }
`,
    },
  },
  *check({ mesh, touched }) {
    for (const object of objectsWithConditions(mesh)) {
      if (!touched.has(object.id)) continue;
      for (const { type, reason, message } of negativeConditions(object)) {
        yield {
          object,
          path: ["status"],
          part: "key",
          subject: `condition ${type} ${reason}`,
          message: `condition ${type} says ${reason}: ${message}`,
          fix: "mend what the condition's message names",
          istio: ["IST0171"],
        };
      }
    }
  },
});

const route = ["Accepted", "Programmed", "ResolvedRefs"];

/** Conditions that mean harm when they are False, by kind (pkg/config/analysis/analyzers/conditions/conditions.go). */
const watched: Readonly<Record<string, readonly string[]>> = {
  "/Service": ["istio.io/WaypointBound"],
  "networking.istio.io/ServiceEntry": ["istio.io/WaypointBound"],
  "networking.istio.io/WorkloadEntry": ["istio.io/WaypointBound"],
  "security.istio.io/AuthorizationPolicy": ["ZtunnelAccepted", "WaypointAccepted"],
  "gateway.networking.k8s.io/Gateway": route,
  "gateway.networking.k8s.io/HTTPRoute": route,
  "gateway.networking.k8s.io/GRPCRoute": route,
};

const kindKey = ({ apiVersion, kind }: MeshObject<unknown>): string => `${groupOf(apiVersion)}/${kind}`;

function objectsWithConditions(mesh: Mesh): MeshObject<unknown>[] {
  const lists: readonly (readonly MeshObject<unknown>[])[] = [
    mesh.services,
    mesh.serviceEntries,
    mesh.workloads,
    mesh.others,
  ];
  return lists.flat().filter((object) => kindKey(object) in watched);
}

interface Condition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

function negativeConditions(object: MeshObject<unknown>): Condition[] {
  const { value } = object.document;
  const status = isObject(value) && isObject(value.status) ? value.status : {};
  const parents = objectsIn(status.parents ?? null).flatMap(({ conditions = null }) => objectsIn(conditions));
  const types = watched[kindKey(object)] ?? [];
  return [...objectsIn(status.conditions ?? null), ...parents].flatMap((condition) => {
    const [type, reason, message] = ["type", "reason", "message"].map((field) =>
      String(condition[field] ?? ""),
    );
    const isNegative = condition.status === "False" && types.includes(type!);
    // Half of an AuthorizationPolicy that is accepted is not in force.
    const isPartial = type === "WaypointAccepted" && reason === "PartiallyInvalid" && types.includes(type);
    return isNegative || isPartial ? [{ type: type!, reason: reason!, message: message! }] : [];
  });
}

function objectsIn(value: Json): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
