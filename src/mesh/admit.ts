import { isObject } from "../manifest/json.ts";
import type { Json, Problem } from "../manifest/source.ts";
import type { MeshList } from "./kinds.ts";
import type { MeshObject } from "./object.ts";

/** Judges whether the cluster would take an object. One that it would not take is no part of the mesh. */
export type Admit = (object: MeshObject, list: MeshList) => readonly Problem[];

const stringLists: Partial<Record<MeshList, readonly string[]>> = {
  virtualServices: ["hosts", "gateways", "exportTo"],
  destinationRules: ["exportTo"],
  serviceEntries: ["hosts", "addresses", "exportTo", "subjectAltNames"],
};
const objectLists: Partial<Record<MeshList, readonly string[]>> = {
  virtualServices: ["http", "tls", "tcp"],
  destinationRules: ["subsets"],
  gateways: ["servers"],
  serviceEntries: ["ports", "endpoints"],
  sidecars: ["ingress", "egress"],
  services: ["ports"],
};

/** Refuses an object whose spec has not even the outline of its kind. */
export const outline: Admit = (object, list) => {
  const wrong = (field: string, expected: string): Problem => ({
    code: "wrong-type",
    message: `spec.${field} of ${object.id} is not ${expected}`,
    range: object.locate(["spec", field]),
    fix: `Write ${expected}.`,
  });
  const holds = (field: string, accepts: (item: Json) => boolean) => {
    const value = object.spec[field];
    return value === undefined || (Array.isArray(value) && value.every(accepts));
  };
  return [
    ...(stringLists[list] ?? [])
      .filter((field) => !holds(field, (item) => typeof item === "string"))
      .map((field) => wrong(field, "a list of strings")),
    ...(objectLists[list] ?? [])
      .filter((field) => !holds(field, isObject))
      .map((field) => wrong(field, "a list of objects")),
  ];
};
