import * as z from "zod";
import type { MeshSettings } from "../mesh/settings.ts";
import type { RouteRequest } from "../traffic/effective/proxy/connection.ts";
import { answer } from "../traffic/route.ts";
import { routingMesh } from "./route-mesh.ts";

const text = z.string().nullish();

/** One line of `sluice route --batch`. */
const line = z.object({
  name: z.unknown().optional(),
  manifests: z.union([z.string(), z.array(z.string())], { error: "a YAML text, or a list of them" }),
  from: z.object({ namespace: text, labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  gateway: z.union([z.boolean(), z.string()]).nullish(),
  port: z.int({ error: "a number from 1 to 65535" }).min(1).max(65535),
  host: text,
  path: text,
  method: text,
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullish(),
  sni: text,
  scheme: z.enum(["http", "https"]).nullish(),
  address: text,
  protocol: z.enum(["http", "http2", "tcp"]).nullish(),
});

/** Answers each JSON line by one line, in order; what is no such request is answered by its `error`. */
export function answerRouteBatch(input: string, settings: MeshSettings): string {
  return input
    .split("\n")
    .filter((item) => item.trim() !== "")
    .map((item) => `${JSON.stringify(answerLine(item, settings))}\n`)
    .join("");
}

function answerLine(item: string, settings: MeshSettings): object {
  let value: unknown;
  try {
    value = JSON.parse(item);
  } catch {
    return { name: null, error: "the line is not JSON" };
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) {
    const { name = null } = (value ?? {}) as { name?: unknown };
    return { name, error: z.prettifyError(parsed.error) };
  }
  const { name = null, manifests, ...request } = parsed.data;
  const texts = typeof manifests === "string" ? [manifests] : manifests;
  const files = texts.map((content, index) => ({ path: `manifests-${index}.yaml`, text: content }));
  const { mesh, doubts } = routingMesh(files, settings);
  return { name, ...answer(mesh, requestOf(request)), problems: doubts };
}

function requestOf(given: Omit<z.infer<typeof line>, "name" | "manifests">): RouteRequest {
  const { from, gateway, headers, ...rest } = given;
  // A gateway without a namespace of its own stands where its Gateway does; a workload in `default`.
  const namespace = from?.namespace ?? (typeof gateway === "string" ? "" : "default");
  return {
    ...rest,
    proxy: { namespace, labels: from?.labels ?? {}, gateway: gateway ?? false },
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name, [value].flat().join(",")]),
    ),
  };
}
