import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { effectivePolicy } from "../policy/effective.ts";
import { policyLayers, policyPath } from "../policy/layers.ts";
import type { RequestProxy, RouteRequest } from "../traffic/effective/proxy/connection.ts";
import { answer } from "../traffic/route.ts";
import { type Command, UsageError } from "./command.ts";
import { readNamedFiles, withKustomized } from "./manifest-files.ts";
import { policyTexts } from "./policy-files.ts";
import { answerRouteBatch } from "./route-batch.ts";
import { routingMesh } from "./route-mesh.ts";
import { prettyAnswer } from "./route-report.ts";

const formats = ["json", "pretty"] as const;
const schemes = ["http", "https"] as const;

export const route: Command = {
  name: "route",
  summary: "which route answers a request, and where it goes",
  usage: [
    "sluice route PATH… (--from NAMESPACE[,key=value…] | --gateway NAMESPACE/NAME) --port N --host H",
    "             [--path P] [--method M] [--header k:v]… [--sni S] [--scheme http|https]",
    "             [--policy FILE]… [--format json|pretty]",
    "sluice route --batch [--policy FILE]…",
    "",
    "PATH is a manifest file or a folder of them. --from is the workload that calls, --gateway where the",
    "request arrives. Mesh settings are Istio's defaults unless a policy's `mesh` says otherwise.",
    'With --batch, standard input holds JSON lines {"name","manifests","from":{"namespace","labels"},"gateway",',
    '"port","host","path","method","headers","sni","scheme"}; each is answered by a line.',
    "Exit codes: 0 answered, 2 something could not be evaluated, 64 usage.",
  ].join("\n"),
  async run(args, terminal) {
    const options = parse(args);
    const own = await readFile(resolve(terminal.folder, policyPath), "utf8").catch(() => undefined);
    const layers = await policyTexts(options.policy, own, terminal.folder);
    const settings = effectivePolicy(policyLayers(...layers), "enforce").mesh;
    if (options.batch) {
      terminal.out(answerRouteBatch(await terminal.input(), settings));
      return 0;
    }
    const request = requestOf(options);
    const files = withKustomized(terminal.folder, await readNamedFiles(terminal.folder, options.paths));
    const { mesh, doubts } = routingMesh(
      files.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }])),
      settings,
    );
    const found = answer(mesh, request);
    const exit = doubts.length > 0 ? 2 : 0;
    const json = `${JSON.stringify({ name: null, ...found, exit })}\n`;
    terminal.out(options.format === "pretty" ? prettyAnswer(found) : json);
    for (const doubt of doubts) terminal.error(`${doubt}\n`);
    return exit;
  },
};

function parse(args: readonly string[]) {
  const { values, positionals } = read(args);
  const format = formats.find((known) => known === values.format);
  if (format === undefined) throw new UsageError(`--format is one of ${formats.join(", ")}`);
  if (values.batch && positionals.length > 0) {
    throw new UsageError("--batch reads standard input and takes no PATH");
  }
  if (!values.batch && positionals.length === 0) throw new UsageError("name a file or a folder");
  return { ...values, format, paths: positionals };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        batch: { type: "boolean", default: false },
        from: { type: "string" },
        gateway: { type: "string" },
        port: { type: "string" },
        host: { type: "string" },
        path: { type: "string" },
        method: { type: "string" },
        header: { type: "string", multiple: true, default: [] },
        sni: { type: "string" },
        scheme: { type: "string" },
        policy: { type: "string", multiple: true, default: [] },
        format: { type: "string", default: "json" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function requestOf(options: ReturnType<typeof parse>): RouteRequest {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError("--port is from 1 to 65535");
  const scheme = schemes.find((known) => known === options.scheme);
  if (options.scheme !== undefined && !scheme) throw new UsageError("--scheme is http or https");
  return {
    proxy: proxyOf(options.from, options.gateway),
    port,
    host: options.host ?? null,
    path: options.path ?? null,
    method: options.method ?? null,
    headers: Object.fromEntries(options.header.map(headerOf)),
    sni: options.sni ?? null,
    scheme: scheme ?? null,
  };
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(":", 1);
  if (colon < 0) throw new UsageError(`--header ${text} is not of the form name:value`);
  return [text.slice(0, colon), text.slice(colon + 1).trim()];
}

function proxyOf(from: string | undefined, gateway: string | undefined): RequestProxy {
  if (gateway !== undefined && !/^[^/]+\/[^/]+$/.test(gateway)) {
    throw new UsageError("--gateway is NAMESPACE/NAME");
  }
  if (from === undefined && gateway === undefined) throw new UsageError("name --from or --gateway");
  const [namespace = "", ...pairs] = (from ?? "").split(",");
  const labels = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new UsageError(`--from: ${pair} is not of the form key=value`);
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return { namespace, labels: Object.fromEntries(labels), gateway: gateway ?? false };
}
