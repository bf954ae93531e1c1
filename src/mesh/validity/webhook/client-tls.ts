import type { Path } from "../../../manifest/source.ts";
import type { ClientTLSSettings } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";

const ofCredential = ["clientCertificate", "privateKey", "caCertificates", "caCrl"] as const;

/** TLS towards a destination (agent/validation.go `ValidateTLS`). */
export function* clientTls(tls: ClientTLSSettings | undefined, namespace: string, path: Path): Issues {
  if (!tls) return;
  yield* configMapCredential(tls.credentialName, namespace, [...path, "credentialName"]);
  yield* uselessTrust(tls, path);
  if (tls.mode !== "SIMPLE" && tls.mode !== "MUTUAL") return;
  if (tls.credentialName) {
    for (const field of ofCredential.filter((name) => tls[name])) {
      const message = `\`${field}\` cannot stand beside \`credentialName\`, which brings its own`;
      yield error("conflict", [...path, field], message, `remove \`${field}\` or \`credentialName\``);
      return;
    }
  } else if (tls.mode === "MUTUAL") {
    for (const field of ["clientCertificate", "privateKey"] as const) {
      if (tls[field]) continue;
      const message = `mode MUTUAL needs \`${field}\``;
      yield error(
        "required",
        [...path, field],
        message,
        "add it, or use `credentialName`; for Istio's own certificates use mode ISTIO_MUTUAL",
      );
    }
  }
}

const configMap = "configmap://";

function* configMapCredential(name: string | undefined, namespace: string, path: Path): Issues {
  if (!name?.startsWith(configMap)) return;
  const [from = "", map = ""] = name.slice(configMap.length).split("/");
  if (from === namespace && map !== "") return;
  const message = `${quote(name)} must name a ConfigMap of the own namespace`;
  yield error("invalid-credential", path, message, `write \`${configMap}${namespace}/<name>\``);
}

/** What says whom to trust, where nobody is verified. */
function* uselessTrust(tls: ClientTLSSettings, path: Path): Issues {
  if (!tls.insecureSkipVerify) return;
  const fields = {
    SIMPLE: ["caCertificates", "credentialName", "subjectAltNames"],
    MUTUAL: ["caCertificates", "subjectAltNames"],
  } as const;
  const useless =
    tls.mode === "SIMPLE" || tls.mode === "MUTUAL" ? fields[tls.mode].find((field) => tls[field]) : undefined;
  if (useless === undefined) return;
  const message = `\`${useless}\` has no effect with \`insecureSkipVerify: true\``;
  yield error("conflict", [...path, useless], message, `remove \`insecureSkipVerify\` or \`${useless}\``);
}
