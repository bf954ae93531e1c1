import { enumeration, list, map, object, text, textOf, texts, uint32 } from "./builders.ts";
import {
  absoluteSocket,
  addressOrNetwork,
  cidrOnlyWithoutLookup,
  noEndpointsWithoutResolution,
  notBoth,
  notEveryHost,
  noWildcardValue,
  oneEndpointInRoundRobin,
  portNumber,
  socketHasNoPorts,
  socketIsNoFolder,
  uniquePortNumbers,
  validPortNames,
} from "./rules.ts";

/** Selects the workloads of a ServiceEntry or a Sidecar: `labels`, where a DestinationRule has `matchLabels`. */
export const workloadSelector = object("a workload selector", {
  labels: map(textOf({ most: 63, rules: [noWildcardValue] }), { most: 256 }),
});

const endpoint = object(
  "an endpoint",
  {
    address: textOf({ most: 256, rules: [absoluteSocket, socketIsNoFolder] }),
    ports: map(portNumber, { most: 128, rules: [validPortNames] }),
    labels: map(text, { most: 256 }),
    network: textOf({ most: 2048 }),
    locality: textOf({ most: 2048 }),
    weight: uint32,
    serviceAccount: textOf({ most: 253 }),
  },
  { rules: [addressOrNetwork, socketHasNoPorts] },
);

const port = object(
  "a service port",
  {
    number: portNumber,
    protocol: textOf({ most: 256 }),
    name: textOf({ most: 256 }),
    targetPort: portNumber,
  },
  { required: ["number", "name"] },
);

/** `spec` of a ServiceEntry (networking/v1alpha3/service_entry.proto). */
export const serviceEntry = object(
  "a ServiceEntry",
  {
    hosts: list(textOf({ rules: [notEveryHost] }), { least: 1, most: 256 }),
    addresses: list(textOf({ most: 64 }), { most: 256 }),
    ports: list(port, { most: 256, key: "name", rules: [uniquePortNumbers] }),
    location: enumeration("MESH_EXTERNAL", "MESH_INTERNAL"),
    resolution: enumeration("NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"),
    endpoints: list(endpoint, { most: 4096 }),
    workloadSelector,
    exportTo: texts,
    subjectAltNames: texts,
  },
  {
    required: ["hosts"],
    rules: [
      notBoth("workloadSelector", "endpoints"),
      cidrOnlyWithoutLookup,
      noEndpointsWithoutResolution,
      oneEndpointInRoundRobin,
    ],
  },
);
