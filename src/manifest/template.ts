const meshText =
  /networking\.istio\.io|kind["']?\s*:\s*["']?(?:VirtualService|DestinationRule|Gateway|ServiceEntry|Sidecar|WorkloadEntry|Service|Namespace|Secret|Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Rollout|Canary|PeerAuthentication|RequestAuthentication|Kustomization|Component)\b|^\s*["']?(?:resources|bases|components|patches\w*)["']?\s*:/m;

/**
 * Whether a text can matter to the mesh at all: it names a kind that Sluice reads, or is a kustomization. A cheap look
 * before reading; says yes too often, but never no to what Kubernetes would read as an Istio object.
 */
export function mentionsMesh(text: string): boolean {
  if (meshText.test(text)) return true;
  // The name can hide from the eye in escapes, though not from the cluster.
  return text.includes("!!binary") || (text.includes("\\") && meshText.test(unescaped(text)));
}

function unescaped(text: string): string {
  return text
    .replace(/\\\r?\n[ \t]*/g, "")
    .replace(/\\(?:x|u00|U000000)([2-7][0-9a-fA-F])/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
}
