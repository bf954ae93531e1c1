import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues, warning } from "./issue.ts";
import { flawOfName, isDnsLabel } from "./names.ts";

/**
 * References to Gateways: `name` or `namespace/name` (validation.go `validateGatewayNames`). As in Istio, nothing behind
 * the first name without a namespace is looked at.
 */
export function* gatewayNames(names: readonly string[] | undefined, path: Path, anyName = false): Issues {
  for (const [index, reference] of (names ?? []).entries()) {
    const at = [...path, index];
    const slash = reference.indexOf("/");
    if (slash < 0) {
      yield* nameAlone(reference, at);
      return;
    }
    const namespace = reference.slice(0, slash);
    const name = reference.slice(slash + 1);
    if (!isDnsLabel(namespace)) {
      const fix =
        namespace === "." ? `write \`${name}\`: a name alone is looked up in the own namespace` : null;
      yield error("invalid-gateway", at, `${quote(reference)}: ${quote(namespace)} is not a namespace`, fix);
    }
    if (!isDnsLabel(name) && !(anyName && name !== "")) {
      yield error("invalid-gateway", at, `${quote(reference)}: ${quote(name)} is not the name of a Gateway`);
    }
  }
}

function* nameAlone(reference: string, at: Path): Issues {
  const [name, namespace] = reference.split(".");
  if (namespace !== undefined) {
    const message = `${quote(reference)} is an old way to name a Gateway of another namespace`;
    yield warning("deprecated", at, message, `write \`${namespace}/${name}\``);
  }
  const flaw = flawOfName(reference);
  if (flaw !== null)
    yield error("invalid-gateway", at, `${quote(reference)} is not the name of a Gateway: ${flaw}`);
}
