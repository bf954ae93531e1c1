import type { ManifestDocument } from "../../manifest/source.ts";
import type { MeshObject } from "../../mesh/object.ts";
import { type Validity, validateObject } from "../../mesh/validity/validity.ts";

interface Judged {
  readonly namespace: string;
  readonly validity: Validity;
}

const known = new WeakMap<ManifestDocument, Judged>();

/** What Kubernetes and Istio say of an object, asked once for each namespace that it goes to. */
export function validityOf({
  document,
  namespace,
}: Pick<MeshObject<unknown>, "document" | "namespace">): Validity {
  const judged = known.get(document);
  if (judged?.namespace === namespace) return judged.validity;
  const validity = validateObject(document.value, namespace);
  known.set(document, { namespace, validity });
  return validity;
}
