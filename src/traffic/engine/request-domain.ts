import { Budget } from "./budget.ts";
import { codePointsOf } from "./code-points.ts";
import type { DimensionDomain } from "./dimension.ts";
import { parseRegex } from "./regex-parser.ts";
import { type Regex, sequence } from "./regex-syntax.ts";

/** The hosts that requests of one route table are for. */
export interface HostDomain {
  /** A name or a wildcard; null: requests may name any host (sidecars know a service by many names). */
  readonly host: string | null;
  /** Names and wildcards within it that other tables answer. */
  readonly except: readonly string[];
}

const constant = (pattern: string): Regex => parseRegex(pattern, new Budget(Number.POSITIVE_INFINITY));
const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";

/** `:path` without query and fragment: visible characters but `#` and `?`. */
const path: DimensionDomain = {
  alphabet: [0x21, 0x22, 0x24, 0x3e, 0x40, 0x7e, 0x80, 0x10ffff],
  required: constant("/.*"),
  excluded: null,
  preferred: `x0yz1${letters}${digits}-_/`,
  familiar: ["/"],
};

/** An HTTP token (RFC 9110). */
const method: DimensionDomain = {
  alphabet: [
    0x21, 0x21, 0x23, 0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x41, 0x5a, 0x5e, 0x7a, 0x7c, 0x7c, 0x7e,
    0x7e,
  ],
  required: constant(".+"),
  excluded: null,
  preferred: "XABCDEFGHIJKLMNOPQRSTUVWYZ",
  familiar: ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"],
};

const scheme: DimensionDomain = {
  alphabet: [0x61, 0x7a],
  required: constant("https?"),
  excluded: null,
  preferred: "htps",
  familiar: [],
};

/** Several values of one header are joined before they are matched, so one text stands for all. */
const header: DimensionDomain = {
  alphabet: [0x09, 0x09, 0x20, 0x7e, 0x80, 0x10ffff],
  required: null,
  excluded: null,
  preferred: `xyz${letters}${digits}-_`,
  familiar: [],
  absentAs: "",
};

/** Envoy does not decode parameters: what stands in the URL is compared. */
const query: DimensionDomain = {
  ...header,
  alphabet: [0x21, 0x22, 0x24, 0x25, 0x27, 0x7e, 0x80, 0x10ffff],
};

/** A claim may be a list of which any element matches, so each test of it is a question of its own. */
const claim: DimensionDomain = { ...header, familiar: ["yes"], absentAs: null };

/** Server names read backwards: then a wildcard is a prefix. */
const sni: DimensionDomain = {
  alphabet: [0x2d, 0x2e, 0x30, 0x39, 0x5f, 0x5f, 0x61, 0x7a],
  required: constant(".+"),
  excluded: null,
  preferred: `x${letters}${digits}-.`,
  familiar: [],
};

const address: DimensionDomain = {
  alphabet: [0x30, 0x31, 0x34, 0x34, 0x36, 0x36],
  required: constant("4[01]{32}|6[01]{128}"),
  excluded: null,
  preferred: "401",
  familiar: [],
};

const hostAlphabet = [
  0x21, 0x21, 0x24, 0x2e, 0x30, 0x3b, 0x3d, 0x3d, 0x41, 0x5b, 0x5d, 0x5d, 0x5f, 0x5f, 0x61, 0x7a, 0x7e, 0x7e,
];

/** `:authority` keeps the port and the client's spelling, though neither counts when the table is chosen. */
function authority({ host, except }: HostDomain): DimensionDomain {
  return {
    alphabet: hostAlphabet,
    required: host === null || host === "*" ? constant(".+") : anySpelling([host]),
    excluded: except.length === 0 ? null : anySpelling(except),
    preferred: `${letters}${digits}.-:`,
    familiar: host === null || host.startsWith("*") ? [] : [host],
  };
}

const optionalPort = constant("(:[0-9]+)?");
const anyLabel = constant(".+");

function anySpelling(hosts: readonly string[]): Regex {
  const options = hosts.map((host) =>
    host.startsWith("*") ? sequence([anyLabel, ...anyCase(host.slice(1))]) : sequence(anyCase(host)),
  );
  return sequence([{ kind: "choice", options }, optionalPort]);
}

function anyCase(text: string): Regex[] {
  return codePointsOf(text.toLowerCase()).map((c) => ({
    kind: "one-of",
    set: c >= 0x61 && c <= 0x7a ? [c - 0x20, c - 0x20, c, c] : [c, c],
  }));
}

/** Which values each dimension of requests for these hosts has; names are those `constraintsOf` gives. */
export function requestDomain(hosts: HostDomain): (dimension: string) => DimensionDomain {
  const domains: Record<string, DimensionDomain> = { path, method, scheme, query, claim, sni, address };
  return (dimension) => {
    const [part = ""] = dimension.split(" ", 1);
    return part === "authority" ? authority(hosts) : (domains[part] ?? header);
  };
}
