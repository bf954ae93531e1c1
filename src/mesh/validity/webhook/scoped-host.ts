import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { isIpAddress } from "./address.ts";
import { error, type Issues } from "./issue.ts";
import { flawOfWildcardName, isDnsLabel } from "./names.ts";

interface Options {
  readonly of: "gateway" | "sidecar";
  /** Gateways made from the Gateway API may serve no namespace, with `~`. */
  readonly nobodyAllowed?: boolean;
}

/** A host with the namespace that it is taken from: `namespace/host` (agent/validation.go `ValidateNamespaceSlashWildcardHostname`). */
export function* scopedHost(text: string, { of, nobodyAllowed = false }: Options, path: Path): Issues {
  const slash = text.indexOf("/");
  if (slash < 0) {
    if (of === "gateway") yield* hostPart(text, of, path);
    else
      yield error(
        "invalid-host",
        path,
        `${quote(text)} must have the form \`namespace/host\``,
        `write \`./${text}\` or \`*/${text}\``,
      );
    return;
  }
  const namespace = text.slice(0, slash);
  if (!isScope(namespace, of, nobodyAllowed)) {
    const message = `${quote(text)}: ${quote(namespace)} is not a namespace`;
    yield error(
      "invalid-namespace",
      path,
      message,
      "write `.`, `*` or the name of a namespace before the slash",
    );
  }
  yield* hostPart(text.slice(slash + 1), of, path);
}

function isScope(namespace: string, of: Options["of"], nobodyAllowed: boolean): boolean {
  if (namespace === "~") return of === "sidecar" || nobodyAllowed;
  // `~` before a namespace takes its hosts out of what a Sidecar imports.
  const name = of === "sidecar" && namespace.startsWith("~") ? namespace.slice(1) : namespace;
  return name === "*" || name === "." || isDnsLabel(name);
}

function* hostPart(host: string, of: Options["of"], path: Path): Issues {
  const quoted = quote(host);
  const flaw = flawOfWildcardName(host);
  if (flaw !== null && (of === "sidecar" || !isIpAddress(host))) {
    yield error("invalid-host", path, `${quoted} is not a host name: ${flaw}`);
    return;
  }
  if (host !== "*" && !host.includes(".")) {
    yield error(
      "invalid-host",
      path,
      `${quoted} is a short name, which has no meaning here`,
      `write the full name, such as \`${host}.default.svc.cluster.local\``,
    );
  }
  if (isPartialWildcard(host)) {
    yield error(
      "invalid-host",
      path,
      `${quoted}: a wildcard stands for whole parts of a name`,
      `write \`*.${host.slice(host.indexOf(".") + 1)}\``,
    );
  }
}

/** A wildcard that is not a whole part of the name: `*foo.com` (`ValidatePartialWildCard`). */
export function isPartialWildcard(host: string): boolean {
  return host.includes("*") && host.length !== 1 && !host.startsWith("*.");
}
