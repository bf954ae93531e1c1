import { isObject } from "../../manifest/json.ts";
import { readManifests } from "../../manifest/read.ts";
import type { Json, JsonObject, ManifestFile } from "../../manifest/source.ts";
import type { MeshSettings } from "../../mesh/settings.ts";

/** What Istio's MeshConfig says of routing, wherever these files hold one; later ones win. */
export function settingsIn(files: readonly ManifestFile[]): Partial<MeshSettings> {
  const values = files.flatMap(({ documents }) => documents.map(({ value }) => value));
  const configs = values.map(configIn).filter((config) => config !== null);
  return Object.assign({}, ...configs.map(settingsOf));
}

/** MeshConfig on its own, as an IstioOperator carries it, or as the text that the ConfigMap `istio` holds. */
function configIn(value: Json): JsonObject | null {
  if (!isObject(value)) return null;
  const { kind, metadata, spec, data } = value;
  if (kind === undefined && value.apiVersion === undefined) return value;
  if (kind === "IstioOperator" && isObject(spec)) return isObject(spec.meshConfig) ? spec.meshConfig : null;
  const isIstio = kind === "ConfigMap" && isObject(metadata) && metadata.name === "istio";
  if (!isIstio || !isObject(data) || typeof data.mesh !== "string") return null;
  const text = readManifests("mesh", data.mesh).documents[0]?.value;
  return isObject(text) ? text : null;
}

function settingsOf(config: JsonObject): Partial<MeshSettings> {
  const { rootNamespace, outboundTrafficPolicy, defaultConfig } = config;
  const mode = isObject(outboundTrafficPolicy) ? outboundTrafficPolicy.mode : undefined;
  return {
    ...(typeof rootNamespace === "string" && rootNamespace !== "" ? { rootNamespace } : {}),
    ...(mode === "ALLOW_ANY" || mode === "REGISTRY_ONLY" ? { outboundTrafficPolicy: mode } : {}),
    ...(isObject(defaultConfig) ? { allocatesAddresses: allocates(defaultConfig) } : {}),
  };
}

/** pkg/config/analysis/analyzers/serviceentry/protocoladdresses.go: names are answered by the proxy, and one switch is on. */
function allocates({ proxyMetadata }: JsonObject): boolean {
  const isOn = (name: string) => isObject(proxyMetadata) && proxyMetadata[name] === "true";
  return (
    isOn("ISTIO_META_DNS_CAPTURE") &&
    (isOn("ISTIO_META_DNS_AUTO_ALLOCATE") || isOn("PILOT_ENABLE_IP_AUTOALLOCATE"))
  );
}
