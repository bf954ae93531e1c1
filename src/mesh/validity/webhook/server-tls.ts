import type { Path } from "../../../manifest/source.ts";
import type { ServerTLSSettings } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues, warning } from "./issue.ts";

/** TLS of a Gateway server or Sidecar listener (validation.go `validateTLSOptions`). The mode is PASSTHROUGH by default. */
export function* serverTls(tls: ServerTLSSettings | undefined, path: Path): Issues {
  if (!tls) return;
  yield* ciphers(tls, path);
  const mode = tls.mode ?? "PASSTHROUGH";
  if (mode === "ISTIO_MUTUAL") {
    yield* ownCertificates(tls, path);
    return;
  }
  if (
    (mode === "PASSTHROUGH" || mode === "AUTO_PASSTHROUGH") &&
    certificateFields.some((field) => tls[field])
  ) {
    const message = `mode ${mode} passes TLS on unopened, so its certificates are ignored`;
    yield warning("no-effect", path, message, "write `mode: SIMPLE`, or remove them");
  }
  yield* oneSource(tls, path);
  const terminates = mode === "SIMPLE" || mode === "MUTUAL" || mode === "OPTIONAL_MUTUAL";
  // Credentials bring everything, and Istio looks no further.
  if (terminates && (tls.credentialName || tls.credentialNames)) return;
  if (terminates) yield* certificates(tls, mode, path);
  yield* revocationList(tls, path);
}

const certificateFields = [
  "caCrl",
  "serverCertificate",
  "privateKey",
  "caCertificates",
  "tlsCertificates",
  "credentialName",
  "credentialNames",
] as const;

function* ownCertificates(tls: ServerTLSSettings, path: Path): Issues {
  for (const field of certificateFields) {
    if (field === "caCrl" || !tls[field]) continue;
    const message = `mode ISTIO_MUTUAL uses Istio's certificates and cannot have \`${field}\``;
    yield error("conflict", [...path, field], message, "remove it, or write `mode: MUTUAL`");
  }
}

function* oneSource(tls: ServerTLSSettings, path: Path): Issues {
  const sources = [
    tls.serverCertificate && tls.privateKey ? "serverCertificate" : null,
    tls.credentialName ? "credentialName" : null,
    tls.credentialNames ? "credentialNames" : null,
    tls.tlsCertificates ? "tlsCertificates" : null,
  ].filter((source) => source !== null);
  if (sources.length <= 1) return;
  const message = `certificates may come from one source, not from ${sources.map((source) => `\`${source}\``).join(" and ")}`;
  yield error("conflict", [...path, sources[1]!], message, "leave one of them");
}

function* certificates(tls: ServerTLSSettings, mode: string, path: Path): Issues {
  if (mode !== "SIMPLE" && !tls.caCertificates) {
    const message = `mode ${mode} needs \`caCertificates\` to verify clients`;
    yield error("required", [...path, "caCertificates"], message, "add it, or use `credentialName`");
  }
  if ((tls.tlsCertificates?.length ?? 0) > 2) {
    yield warning("too-many", [...path, "tlsCertificates"], "at most two certificates are used");
  }
  const listed = (tls.tlsCertificates ?? []).map((certificate, index) => ({
    certificate,
    at: [...path, "tlsCertificates", index],
  }));
  for (const { certificate, at } of listed.length > 0 ? listed : [{ certificate: tls, at: path }]) {
    for (const field of ["serverCertificate", "privateKey"] as const) {
      if (certificate[field]) continue;
      yield error(
        "required",
        [...at, field],
        `mode ${mode} needs \`${field}\``,
        "add it, or use `credentialName`",
      );
    }
  }
}

function* revocationList(tls: ServerTLSSettings, path: Path): Issues {
  if (!tls.caCrl) return;
  if (tls.credentialName) {
    const message = "`caCrl` cannot stand beside `credentialName`, which brings its own";
    yield error("conflict", [...path, "caCrl"], message, "put the list into the credential");
  }
  if (tls.mode === "SIMPLE") {
    yield error(
      "conflict",
      [...path, "caCrl"],
      "mode SIMPLE verifies no clients and has no use for `caCrl`",
      "remove it",
    );
  }
}

const cipherSuites = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-RSA-AES128-SHA",
  "ECDHE-ECDSA-AES256-SHA",
  "ECDHE-RSA-AES256-SHA",
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "AES128-SHA",
  "AES256-SHA",
  "DES-CBC3-SHA",
];

function* ciphers(tls: ServerTLSSettings, path: Path): Issues {
  const suites = tls.cipherSuites ?? [];
  if ((tls.minProtocolVersion === "TLSV1_0" || tls.minProtocolVersion === "TLSV1_1") && suites.length === 0) {
    const message = `${tls.minProtocolVersion} works only with older cipher suites, which must be listed`;
    yield warning(
      "no-effect",
      [...path, "minProtocolVersion"],
      message,
      "add `cipherSuites`, or write TLSV1_2",
    );
  }
  const seen = new Set<string>();
  for (const [index, suite] of suites.entries()) {
    const at = [...path, "cipherSuites", index];
    if (!isCipherSuite(suite))
      yield warning("unknown-value", at, `${quote(suite)} is not a cipher suite, and is ignored`);
    else if (seen.has(suite)) yield warning("duplicate", at, `${suite} is listed twice`);
    seen.add(suite);
  }
}

/** Operators such as `!aNULL` are left to BoringSSL (pkg/config/security/security.go `IsValidCipherSuite`). */
function isCipherSuite(suite: string): boolean {
  return suite === "" || suite === "ALL" || !/^[\p{L}\p{N}]/u.test(suite) || cipherSuites.includes(suite);
}
