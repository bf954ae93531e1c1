import { isObject } from "../../manifest/json.ts";
import type { Json } from "../../manifest/source.ts";
import type { MeshObject } from "../../mesh/object.ts";
import type { Moment } from "../moment.ts";

/** Why a Secret holds no certificate that a gateway can use, or null where it does. */
export function flawOfCredential(secret: MeshObject, moment: Moment): string | null {
  const data = dataOf(secret);
  // pilot/pkg/credentials/kube/secrets.go `ExtractCertInfo`: the generic names first.
  const pair = [
    ["cert", "key"],
    ["tls.crt", "tls.key"],
  ].find((names) => names.every((name) => data.get(name)));
  if (!pair) return "has neither tls.crt and tls.key nor cert and key";
  return flawOfCertificate(data.get(pair[0]!)!, moment);
}

function dataOf({ document: { value } }: MeshObject): ReadonlyMap<string, string> {
  const { data = null, stringData = null } = isObject(value) ? value : {};
  return new Map([
    ...strings(data).map(([key, text]) => [key, decoded(text)] as const),
    ...strings(stringData),
  ]);
}

function strings(value: Json): [string, string][] {
  return Object.entries(isObject(value) ? value : {}).flatMap(([key, text]) =>
    typeof text === "string" ? [[key, text]] : [],
  );
}

/** Bytes as text; empty where the text is not base64. */
function decoded(base64: string): string {
  try {
    return atob(base64.replaceAll(/\s/g, ""));
  } catch {
    return "";
  }
}

const pem = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----/;

/** pilot/pkg/xds/sds.go `ValidateCertificate`: the first PEM block has to be a certificate that is valid now. */
function flawOfCertificate(text: string, moment: Moment): string | null {
  const bytes = decoded(pem.exec(text)?.[2] ?? "");
  if (bytes === "") return "holds no certificate in PEM";
  const validity = validityOf(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  if (!validity) return "holds something that is no X.509 certificate";
  const { from, until } = validity;
  if (moment.isBefore(from, "a certificate begins")) return flawed("begins", from);
  // Its last moment is one of those that it covers.
  return moment.isBefore(until + 1, "a certificate expires") ? null : flawed("expired", until);
}

const flawed = (word: string, at: number) =>
  `holds a certificate that ${word} on ${new Date(at).toISOString().slice(0, 10)}`;

/** A DER element: its tag, and where its contents stand. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const sequence = 0x30;

/** The period of an X.509 certificate, in milliseconds since 1970 (RFC 5280 section 4.1); null where it is none. */
function validityOf(der: Uint8Array): { readonly from: number; readonly until: number } | null {
  const certificate = elementAt(der, 0, der.length);
  const body = certificate?.tag === sequence ? elementAt(der, certificate.start, certificate.end) : null;
  if (body?.tag !== sequence) return null;
  const fields = elementsOf(der, body);
  // An explicit version, tagged 0xA0, stands first where there is one; then serial number, algorithm, issuer, validity.
  const validity = fields[fields[0]?.tag === 0xa0 ? 4 : 3];
  if (validity?.tag !== sequence) return null;
  const [from, until] = elementsOf(der, validity).map((element) => timeOf(der, element));
  return from !== undefined && until !== undefined && from !== null && until !== null
    ? { from, until }
    : null;
}

function elementsOf(der: Uint8Array, { start, end }: Element): Element[] {
  const elements: Element[] = [];
  for (let at = start; at < end; ) {
    const element = elementAt(der, at, end);
    if (!element) return [];
    elements.push(element);
    at = element.end;
  }
  return elements;
}

function elementAt(der: Uint8Array, at: number, limit: number): Element | null {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return null;
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (extra > 4) return null;
  const length =
    extra === 0 ? first : der.slice(at + 2, at + 2 + extra).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = at + 2 + extra;
  return start + length <= limit ? { tag, start, end: start + length } : null;
}

/** UTCTime, whose years below 50 are of this century, or GeneralizedTime. */
function timeOf(der: Uint8Array, { tag, start, end }: Element): number | null {
  const text = String.fromCharCode(...der.slice(start, Math.min(end, start + 20)));
  const full = tag === 0x17 ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  return parts
    ? Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`)
    : null;
}
