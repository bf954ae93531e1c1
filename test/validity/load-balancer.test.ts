import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("DestinationRule", spec)));
/** A DestinationRule with this traffic policy; paths begin inside it. */
const policy = (settings: string) =>
  said(`host: reviews\ntrafficPolicy: { ${settings} }`).map((text) =>
    text.replace("spec.trafficPolicy.", ""),
  );

const balancing = (settings: string, rest = "outlierDetection: {}") =>
  policy(`loadBalancer: { ${settings} }, ${rest}`).map((text) => text.replace("loadBalancer.", ""));
const locality = (settings: string, rest?: string) =>
  balancing(`localityLbSetting: { ${settings} }`, rest).map((text) => text.replace("localityLbSetting.", ""));

table("load balancing", [
  [
    "cookies",
    balancing("consistentHash: { httpCookie: { attributes: [{ name: a }, {}, { name: a }] } }"),
    [
      "required consistentHash.httpCookie.name",
      "required consistentHash.httpCookie.attributes[1].name",
      "duplicate consistentHash.httpCookie.attributes[2].name",
    ],
  ],
  [
    "the old ring size",
    [
      ...balancing("consistentHash: { useSourceIp: true, minimumRingSize: 5 }"),
      ...balancing("consistentHash: { useSourceIp: true, minimumRingSize: 5, maglev: { tableSize: 7 } }"),
    ],
    [
      "(deprecated consistentHash.minimumRingSize)",
      "conflict consistentHash.minimumRingSize",
      "(deprecated consistentHash.minimumRingSize)",
    ],
  ],
  [
    "Maglev tables",
    ["65537", "1", "2", "0", "9", "65536", "5000011"].flatMap((size) =>
      balancing(`consistentHash: { maglev: { tableSize: ${size} } }`),
    ),
    ["not-prime", "not-prime", "not-prime", "out-of-range"].map(
      (code) => `${code} consistentHash.maglev.tableSize`,
    ),
  ],
  [
    "warmup",
    [
      ...balancing("warmup: { duration: 1s, minimumPercent: 101, aggression: 0 }"),
      ...balancing("warmup: {}"),
      ...balancing("warmupDurationSecs: 0s"),
    ],
    ["out-of-range warmup.minimumPercent", "out-of-range warmup.aggression", "required warmup.duration"],
  ],
  [
    "two localities",
    balancing("localityLbSetting: {}, zoneAwareLbSetting: {}"),
    ["conflict zoneAwareLbSetting"],
  ],
  [
    "zone-aware",
    balancing(
      "zoneAwareLbSetting: { failover: [{ from: a, to: a }], failoverPriority: [topology.kubernetes.io/zone, other] }",
    ),
    ["conflict zoneAwareLbSetting.failoverPriority[0]", "conflict zoneAwareLbSetting.failover[0]"],
  ],
  [
    "two ways",
    locality("distribute: [{ from: a, to: { b: 100 } }], failover: [{ from: a, to: b }]"),
    ["conflict failover"],
  ],
  [
    "weights",
    [
      ...locality("distribute: [{ from: a, to: { b: 90 } }]"),
      ...locality("distribute: [{ from: a, to: { b: 101 } }]"),
    ],
    ["wrong-sum distribute[0].to", "out-of-range distribute[0].to.b"],
  ],
  [
    "localities",
    locality(
      'distribute: [{ from: "a/*", to: { "b/c": 50, "b/c/d": 50 } }, { from: a/b, to: { "*": 100 } }]',
    ),
    ['overlap distribute[0].to["b/c/d"]', "overlap distribute[1].from"],
  ],
  [
    "localities that are none",
    [
      ...locality('distribute: [{ from: "a*b", to: { a//b: 100 } }]'),
      ...locality('distribute: [{ from: "*", to: { a: 100 } }, { from: b, to: { a: 100 } }]'),
    ],
    [
      'invalid-locality distribute[0].to["a//b"]',
      "invalid-locality distribute[0].from",
      "overlap distribute[1].from",
    ],
  ],
  [
    "failover",
    locality('failover: [{ from: a, to: a }, { from: a/b, to: "c*" }]'),
    ["conflict failover[0]", "invalid-locality failover[1]", "invalid-locality failover[1]"],
  ],
  [
    "failover by region twice",
    locality("failover: [{ from: a, to: b }], failoverPriority: [topology.kubernetes.io/region]"),
    ["conflict failoverPriority[0]"],
  ],
  [
    "failover without outlier detection",
    locality("failoverPriority: [a]", "tls: {}"),
    ["(no-effect localityLbSetting)"],
  ],
]);
