/** Objects of the kinds that kustomizations treat alike and otherwise. */
import fc from "fast-check";
import { name, scalar, type Thing, texts, type Value, value, word } from "./values.ts";

const metadata = fc.record(
  {
    name,
    namespace: fc.constantFrom("default", "shop", "prod"),
    labels: texts,
    annotations: texts,
  },
  { requiredKeys: ["name"] },
);

const destination = fc.record(
  { host: name, subset: fc.constantFrom("v1", "v2") },
  { requiredKeys: ["host"] },
);
const leg = fc.record(
  { destination, weight: fc.integer({ min: 0, max: 100 }), headers: value },
  { requiredKeys: ["destination"] },
);
const httpRoute = fc.record(
  {
    name: fc.constantFrom("main", "canary"),
    match: value,
    route: fc.array(leg, { minLength: 1, maxLength: 2 }),
    timeout: word,
  },
  { requiredKeys: ["route"] },
);
const container = fc.record(
  {
    name: fc.constantFrom("app", "proxy"),
    image: fc.constantFrom("nginx", "nginx:1.7", "gcr.io/a/nginx:1@sha256:24a", "other"),
    args: fc.array(word, { maxLength: 2 }),
    env: fc.array(fc.record({ name: fc.constantFrom("A", "B"), value: word }), { maxLength: 2 }),
    ports: fc.array(
      fc.record(
        { containerPort: fc.constantFrom(80, 8080), name: word, protocol: fc.constantFrom("TCP", "UDP") },
        { requiredKeys: ["containerPort"] },
      ),
      { maxLength: 2 },
    ),
    envFrom: fc.array(fc.record({ configMapRef: fc.record({ name }) }), { maxLength: 1 }),
  },
  { requiredKeys: ["name"] },
);

function thing(
  apiVersion: string,
  kind: string,
  rest: Record<string, fc.Arbitrary<Value>>,
): fc.Arbitrary<Thing> {
  return fc.record({
    apiVersion: fc.constant(apiVersion),
    kind: fc.constant(kind),
    metadata,
    ...rest,
  }) as fc.Arbitrary<Thing>;
}

export const object: fc.Arbitrary<Thing> = fc.oneof(
  thing("networking.istio.io/v1", "VirtualService", {
    spec: fc.record(
      {
        hosts: fc.array(name, { minLength: 1, maxLength: 2 }),
        gateways: fc.array(name, { maxLength: 2 }),
        http: fc.array(httpRoute, { maxLength: 2 }),
        more: value,
      },
      { requiredKeys: ["hosts"] },
    ),
  }),
  thing("networking.istio.io/v1", "DestinationRule", {
    spec: fc.record({
      host: name,
      subsets: fc.array(fc.record({ name: word, labels: texts }), { maxLength: 2 }),
    }),
  }),
  thing("v1", "Service", {
    spec: fc.record(
      {
        ports: fc.array(
          fc.record(
            {
              port: fc.constantFrom(80, 443),
              name: word,
              protocol: fc.constantFrom("TCP", "UDP"),
              targetPort: scalar,
            },
            { requiredKeys: ["port"] },
          ),
          { maxLength: 3 },
        ),
        selector: texts,
      },
      { requiredKeys: [] },
    ),
  }),
  thing("apps/v1", "Deployment", {
    spec: fc.record(
      {
        replicas: fc.constantFrom(1, "2"),
        template: fc.record({
          spec: fc.record(
            {
              containers: fc.array(container, { maxLength: 2 }),
              serviceAccountName: name,
              volumes: fc.array(
                fc.record({ name: fc.constantFrom("a", "b"), configMap: fc.record({ name }) }),
                {
                  maxLength: 2,
                },
              ),
            },
            { requiredKeys: [] },
          ),
        }),
      },
      { requiredKeys: ["template"] },
    ),
  }),
  thing("v1", "ConfigMap", { data: texts }),
  thing("v1", "Namespace", {}),
  thing("v1", "ServiceAccount", {}),
  thing("rbac.authorization.k8s.io/v1", "RoleBinding", {
    roleRef: fc.record({
      apiGroup: fc.constant("rbac.authorization.k8s.io"),
      kind: fc.constantFrom("Role", "ClusterRole"),
      name,
    }),
    subjects: fc.array(
      fc.record(
        {
          kind: fc.constant("ServiceAccount"),
          name: fc.oneof(name, fc.constant("default")),
          namespace: fc.constantFrom("default", "shop"),
        },
        { requiredKeys: ["kind", "name"] },
      ),
      { maxLength: 2 },
    ),
  }),
  thing("autoscaling/v2", "HorizontalPodAutoscaler", {
    spec: fc.record({ scaleTargetRef: fc.record({ kind: fc.constant("Deployment"), name }) }),
  }),
);
