import { Budget } from "./budget.ts";
import { type CodePoints, codePoints, codePointsOf } from "./code-points.ts";
import type { DimensionDomain } from "./dimension.ts";
import { RegexAutomaton } from "./regex-automaton.ts";
import { parseRegex } from "./regex-parser.ts";
import { type Regex, sequence } from "./regex-syntax.ts";

/** The hosts that requests of one route table are for. */
export interface HostDomain {
  /** A name or a wildcard; null: requests may name any host (sidecars know a service by many names). */
  readonly host: string | null;
  /** Names and wildcards within it that other tables answer. */
  readonly except: readonly string[];
}

/** Constants of ours cost nobody's budget. */
const free = new Budget(Number.POSITIVE_INFINITY);
const automaton = (pattern: string, alphabet: CodePoints) =>
  new RegexAutomaton(parseRegex(pattern, free), alphabet, free);
const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const alphanumeric = [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a];

/** `:path` without query and fragment: visible characters but `#` and `?`. */
const pathAlphabet = [0x21, 0x22, 0x24, 0x3e, 0x40, 0x7e, 0x80, 0x10ffff];
const path: DimensionDomain = {
  alphabet: pathAlphabet,
  required: automaton("/.*", pathAlphabet),
  excluded: null,
  preferred: `x0yz1${letters}${digits}-_/`,
  familiar: ["/"],
};

/** An HTTP token (RFC 9110): visible ASCII but delimiters. */
const tokenAlphabet = codePoints(
  [..."!#$%&'*+-.^_`|~"].flatMap((c) => [c.charCodeAt(0), c.charCodeAt(0)]).concat(alphanumeric),
);
const method: DimensionDomain = {
  alphabet: tokenAlphabet,
  required: automaton(".+", tokenAlphabet),
  excluded: null,
  preferred: "XABCDEFGHIJKLMNOPQRSTUVWYZ",
  familiar: ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"],
};

const scheme: DimensionDomain = {
  alphabet: [0x61, 0x7a],
  required: automaton("https?", [0x61, 0x7a]),
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
const nameAlphabet = [0x2d, 0x2e, 0x30, 0x39, 0x5f, 0x5f, 0x61, 0x7a];
const sni: DimensionDomain = {
  alphabet: nameAlphabet,
  required: automaton(".+", nameAlphabet),
  excluded: null,
  preferred: `x${letters}${digits}-.`,
  familiar: [],
};

const bitAlphabet = [0x30, 0x31, 0x34, 0x34, 0x36, 0x36];
const address: DimensionDomain = {
  alphabet: bitAlphabet,
  required: automaton("4[01]{32}|6[01]{128}", bitAlphabet),
  excluded: null,
  preferred: "401",
  familiar: [],
};

/** What may stand in `:authority`: a name, an address in brackets, a port. */
const hostAlphabet = codePoints(
  [..."!$%&'()*+,-.:;=[]_~"].flatMap((c) => [c.charCodeAt(0), c.charCodeAt(0)]).concat(alphanumeric),
);
const anyAuthority = automaton(".+", hostAlphabet);

/** `:authority` keeps the port and the client's spelling, though neither counts when the table is chosen. */
function authority({ host, except }: HostDomain, budget: Budget): DimensionDomain {
  const spelled = (hosts: readonly string[]) => new RegexAutomaton(anySpelling(hosts), hostAlphabet, budget);
  return {
    alphabet: hostAlphabet,
    required: host === null || host === "*" ? anyAuthority : spelled([host]),
    excluded: except.length === 0 ? null : spelled(except),
    preferred: `${letters}${digits}.-:`,
    familiar: host === null || host.startsWith("*") ? [] : [host],
  };
}

const optionalPort = parseRegex("(:[0-9]+)?", free);
const anyLabel = parseRegex(".+", free);

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

const domains: Readonly<Record<string, DimensionDomain>> = {
  path,
  method,
  scheme,
  query,
  claim,
  sni,
  address,
};

/**
 * Which values each dimension of requests for these hosts has; names are those `constraintsOf` gives. Many hosts may cost
 * more than the budget holds: `BudgetExceeded`.
 */
export function requestDomain(hosts: HostDomain, budget: Budget): (dimension: string) => DimensionDomain {
  return (dimension) => {
    const [part = ""] = dimension.split(" ", 1);
    return part === "authority" ? authority(hosts, budget) : (domains[part] ?? header);
  };
}
