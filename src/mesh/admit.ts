import { isObject } from "../manifest/json.ts";
import type { Json, Problem } from "../manifest/source.ts";
import type { MeshList } from "./kinds.ts";
import type { MeshObject } from "./object.ts";
import { admitBySchema } from "./validity/admission.ts";

/** Judges whether the cluster would take an object. One that it would not take is no part of the mesh. */
export type Admit = (object: MeshObject, list: MeshList) => readonly Problem[];

/** Refuses what the API server would refuse: Istio's kinds by their schema, Services as far as routing reads them. */
export const admit: Admit = (object, list) =>
  list === "services" ? misshapenService(object) : admitBySchema(object, list);

type Test = (value: Json) => boolean;
const isString: Test = (value) => typeof value === "string";
const isNumber: Test = (value) => typeof value === "number";
const isLabels: Test = (value) => isObject(value) && Object.values(value).every(isString);

const portFields: Readonly<Record<string, Test>> = {
  name: isString,
  port: isNumber,
  protocol: isString,
  appProtocol: isString,
  targetPort: (value) => isString(value) || isNumber(value),
};
const serviceFields: Readonly<Record<string, readonly [Test, string]>> = {
  type: [isString, "a string"],
  clusterIP: [isString, "a string"],
  externalName: [isString, "a string"],
  selector: [isLabels, "a mapping of strings"],
  ports: [(value) => Array.isArray(value) && value.every(isPort), "a list of ports"],
};

function isPort(value: Json): boolean {
  if (!isObject(value) || value.port === undefined) return false;
  return Object.entries(portFields).every(
    ([field, test]) => value[field] === undefined || test(value[field]),
  );
}

function misshapenService(object: MeshObject): Problem[] {
  return Object.entries(serviceFields).flatMap(([field, [test, what]]) => {
    const value = object.spec[field];
    if (value === undefined || test(value)) return [];
    return {
      code: "wrong-type",
      message: `spec.${field} of ${object.id} is not ${what}`,
      range: object.locate(["spec", field]),
      fix: `write ${what}`,
    };
  });
}
