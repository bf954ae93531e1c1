import type { JsonObject } from "../../../manifest/source.ts";
import { durationFix, millisecond, parseDuration } from "../duration.ts";
import { anyDuration, uint32, withRules } from "./builders.ts";
import type { Rule } from "./node.ts";

/** CEL's `has(self.field)`. The API server has dropped nulls before it evaluates rules. */
function has(self: JsonObject, field: string): boolean {
  return self[field] !== undefined && self[field] !== null;
}

const atLeastOneMillisecond: Rule = {
  cel: "duration(self) >= duration('1ms')",
  message: "must be a duration of at least 1ms, such as `5s`",
  quotesValue: true,
  fix: durationFix,
  holds(value: string) {
    const nanoseconds = parseDuration(value);
    return nanoseconds !== null && nanoseconds >= millisecond;
  },
};

/** A duration of at least one millisecond. */
export const duration = withRules(anyDuration, atLeastOneMillisecond);

const portInRange: Rule = {
  cel: "0 < self && self <= 65535",
  message: "must be a port from 1 to 65535",
  quotesValue: true,
  holds: (value: number) => value > 0 && value <= 65535,
};

/** A port from 1 to 65535. */
export const portNumber = withRules(uint32, portInRange);

/** At most one of two fields may be set. */
export function notBoth(a: string, b: string): Rule {
  return {
    cel: `(has(self.${a}) ? 1 : 0) + (has(self.${b}) ? 1 : 0) <= 1`,
    message: `may have \`${a}\` or \`${b}\`, not both`,
    at: b,
    fix: () => `remove \`${a}\` or \`${b}\``,
    holds: (self: JsonObject) => !(has(self, a) && has(self, b)),
  };
}

export const noWildcardValue: Rule = {
  cel: '!self.contains("*")',
  message: "must not contain `*`: label selectors match whole values",
  holds: (value: string) => !value.includes("*"),
};

export const noWildcardKey: Rule = {
  cel: 'self.all(key, !key.contains("*"))',
  message: "must not have a key with `*`: label selectors match whole keys",
  holds: (self: JsonObject) => Object.keys(self).every((key) => !key.includes("*")),
};

export const noEmptyKey: Rule = {
  cel: "self.all(key, key.size() != 0)",
  message: "must not have an empty key",
  holds: (self: JsonObject) => Object.keys(self).every((key) => key !== ""),
};

export const notEveryHost: Rule = {
  cel: 'self != "*"',
  message: "cannot be `*`: a ServiceEntry names its hosts",
  fix: () => "name the hosts, or use a wildcard such as `*.example.com`",
  holds: (value: string) => value !== "*",
};

export const uniquePortNumbers: Rule = {
  cel: "self.all(l1, self.exists_one(l2, l1.number == l2.number))",
  message: "must not have two ports with the same number",
  fix: () => "give each port its own number",
  holds: (ports: JsonObject[]) => new Set(ports.map((port) => port.number)).size === ports.length,
};

export const validPortNames: Rule = {
  cel: 'self.all(key, size(key) < 63 && key.matches("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$"))',
  message: "must have port names of at most 62 letters, digits and `-` as keys",
  holds: (self: JsonObject) =>
    Object.keys(self).every(
      (key) => key.length < 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(key),
    ),
};

const unix = "unix://";

export const absoluteSocket: Rule = {
  cel: 'self.startsWith("unix://") ? (self.substring(7, 8) == "/" || self.substring(7, 8) == "@") : true',
  message: "must name an absolute path or an abstract socket after `unix://`",
  fix: () => "write `unix:///path/to/socket` or `unix://@name`",
  holds: (value: string) => !value.startsWith(unix) || value[7] === "/" || value[7] === "@",
};

export const socketIsNoFolder: Rule = {
  cel: 'self.startsWith("unix://") ? !self.endsWith("/") : true',
  message: "must name a socket, not a folder",
  holds: (value: string) => !value.startsWith(unix) || !value.endsWith("/"),
};

export const addressOrNetwork: Rule = {
  cel: "has(self.address) || has(self.network)",
  message: "needs an `address`, or a `network`",
  at: "address",
  fix: () => "add `address:` with the IP address or host name of the endpoint",
  holds: (self: JsonObject) => has(self, "address") || has(self, "network"),
};

export const socketHasNoPorts: Rule = {
  cel: '(has(self.address) ? self.address : "").startsWith("unix://") ? !has(self.ports) : true',
  message: "must not have `ports`: its address is a Unix socket",
  at: "ports",
  fix: () => "remove `ports`",
  holds: (self: JsonObject) => !(String(self.address ?? "").startsWith(unix) && has(self, "ports")),
};

export const cidrOnlyWithoutLookup: Rule = {
  cel: '!((has(self.addresses) ? self.addresses : []).exists(k, k.contains("/")) && !((has(self.resolution) ? self.resolution : "NONE") in ["STATIC", "NONE"]))',
  message: "may have CIDR blocks in `addresses` only with resolution NONE or STATIC",
  at: "addresses",
  fix: () => "write single IP addresses, or change `resolution`",
  holds: (self: JsonObject) =>
    ["STATIC", "NONE"].includes(resolution(self)) ||
    !((self.addresses ?? []) as string[]).some((address) => address.includes("/")),
};

export const noEndpointsWithoutResolution: Rule = {
  cel: '((has(self.resolution) ? self.resolution : "NONE") == "NONE") ? !has(self.endpoints) : true',
  message: "must not have `endpoints` with resolution NONE, which is the default",
  at: "endpoints",
  fix: () => "set `resolution: STATIC` (or DNS), or remove `endpoints`",
  holds: (self: JsonObject) => resolution(self) !== "NONE" || !has(self, "endpoints"),
};

export const oneEndpointInRoundRobin: Rule = {
  cel: '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN") ? ((has(self.endpoints) ? self.endpoints : []).size() <= 1) : true',
  message: "may have one endpoint at most with resolution DNS_ROUND_ROBIN",
  at: "endpoints",
  fix: () => "leave one endpoint, or use `resolution: DNS`",
  holds: (self: JsonObject) =>
    resolution(self) !== "DNS_ROUND_ROBIN" || ((self.endpoints ?? []) as unknown[]).length <= 1,
};

function resolution(self: JsonObject): string {
  return String(self.resolution ?? "NONE");
}
