/** Kinds that Sluice reads or leans on, in whatever group: the reader tells look-alikes apart later. */
const kinds =
  "VirtualService|DestinationRule|Gateway|ServiceEntry|Sidecar|WorkloadEntry|WorkloadGroup|PeerAuthentication|" +
  "RequestAuthentication|AuthorizationPolicy|Service|Namespace|Secret|Pod|Deployment|StatefulSet|DaemonSet|" +
  "ReplicaSet|Rollout|Canary|Kustomization|Component";
const meshText = new RegExp(
  `networking\\.istio\\.io|\\bkind["']?\\s*:\\s*["']?(?:${kinds})(?:List)?\\b` +
    `|^["']?(?:resources|bases|components|patches\\w*)["']?\\s*:`,
  "m",
);

/**
 * Whether a text can matter to the mesh at all: it names a kind that Sluice reads, or is a kustomization. A cheap look
 * before reading; says yes too often, but never no to what Kubernetes would read as an Istio object.
 */
export function mentionsMesh(text: string): boolean {
  if (meshText.test(text)) return true;
  // A name can hide from the eye in escapes, though not from the cluster.
  return text.includes("!!binary") || (text.includes("\\") && meshText.test(unescaped(text)));
}

/** Kinds that tell how directories are deployed, or hold what is filled in then. */
export const deployingKinds =
  /\bkind["']?\s*:\s*["']?(?:Application|ApplicationSet|Kustomization|GitRepository)\b/;
export const configMapKind = /\bkind["']?\s*:\s*["']?ConfigMap\b/;

/** Whether a text can matter to the mesh by itself or by what it says of other files. */
export function mattersToMesh(text: string): boolean {
  return mentionsMesh(text) || deployingKinds.test(text) || configMapKind.test(text);
}

function unescaped(text: string): string {
  return text
    .replace(/\\\r?\n[ \t]*/g, "")
    .replace(/\\(?:x|u00|U000000)([2-7][0-9a-fA-F])/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

/** Whether a text speaks of Istio's own API group, as every manifest of its kinds and most patches for them do. */
export function mentionsIstioGroup(text: string): boolean {
  return text.includes("networking.istio.io") || istioKinds.test(text);
}

const istioKinds = /\bkind["']?\s*:\s*["']?(?:VirtualService|DestinationRule|Gateway|ServiceEntry|Sidecar)\b/;
const apiVersions = /(?:^[ \t-]*|[{,][ \t]*)["']?apiVersion["']?[ \t]*:[ \t]*["']?([^\s"',]*)/gm;

/**
 * Whether a document that cannot be read as YAML is about one of Istio's kinds: its own `apiVersion`, the first, says so,
 * or is itself an expression above such a kind. Text that a ConfigMap carries does not count.
 */
export function mentionsIstio(text: string): boolean {
  const [own, ...others] = [...text.matchAll(apiVersions)].map((match) => match[1] ?? "");
  if (own === undefined) return false;
  if (own.startsWith("networking.istio.io/")) return true;
  if (/^(?:\{\{|\$|#@|<%)/.test(own)) return istioKinds.test(text);
  const isList = /^["']?kind["']?\s*:\s*["']?List\b/m.test(text);
  return isList && others.some((version) => version.startsWith("networking.istio.io/"));
}
