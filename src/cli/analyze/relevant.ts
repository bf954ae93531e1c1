import { mentionsMesh } from "../../manifest/mention.ts";

/** What the gate does not read: routes whose status says something, and the mesh's configuration wherever it stands. */
const more =
  /\bkind["']?\s*:\s*["']?(?:HTTPRoute|GRPCRoute|IstioOperator)\b|\b(?:defaultConfig|outboundTrafficPolicy|rootNamespace)["']?\s*:/;

/** Whether a document's text is worth reading. What is not may be broken, or no manifest at all. */
export function mayMatter(text: string): boolean {
  return mentionsMesh(text) || more.test(text);
}
