import { describe, expect, test } from "vitest";
import { durationFix, parseDuration } from "../../src/mesh/validity/duration.ts";
import { isBase64, isDateTime } from "../../src/mesh/validity/schema/formats.ts";
import { nearest } from "../../src/mesh/validity/schema/nearest.ts";
import { isCidrBlock, isIpAddress, splitHostPort } from "../../src/mesh/validity/webhook/address.ts";
import { flawOfHeaderFormat } from "../../src/mesh/validity/webhook/header-format.ts";
import { isJwtClaim } from "../../src/mesh/validity/webhook/http-match.ts";
import { flawOfGatewayHost } from "../../src/mesh/validity/webhook/l4-routes.ts";
import {
  flawOfName,
  flawOfWildcardName,
  isDnsLabel,
  labelMap,
} from "../../src/mesh/validity/webhook/names.ts";
import { regularExpression } from "../../src/mesh/validity/webhook/regex.ts";

/** Texts that a grammar takes, and texts that it does not. */
function grammar(
  name: string,
  takes: (text: string) => boolean,
  yes: readonly string[],
  no: readonly string[],
): void {
  describe(name, () => {
    test.each(yes)("takes %j", (text) => expect(takes(text)).toBe(true));
    test.each(no)("refuses %j", (text) => expect(takes(text)).toBe(false));
  });
}

const long = "a".repeat(63);

grammar(
  "Go durations",
  (text) => parseDuration(text) !== null,
  ["5s", "1h30m", "1.5s", ".5s", "5.s", "+5s", "-1s", "0", "1m30s", "100us", "3µs", "2562047h"],
  [
    "",
    "5",
    "1d",
    "5S",
    "1h30",
    "1e3s",
    "1_000s",
    "s",
    ".s",
    "1h s",
    " 5s",
    "3000000h",
    "--1s",
    "9999999999999999999999h",
  ],
);

test("durations have exact nanoseconds, and drop what is below as Go does", () => {
  expect(parseDuration("1h30m")).toBe(5_400_000_000_000n);
  expect(parseDuration("-1.5ms")).toBe(-1_500_000n);
  expect(parseDuration("1.0000000001s")).toBe(1_000_000_000n);
  expect(parseDuration("2540400h0.001s")).toBe(9_145_440_000_001_000_000n);
});

test("wrong durations are guessed", () => {
  expect([
    durationFix("30"),
    durationFix("2d"),
    durationFix("5 min"),
    durationFix("10SEC"),
    durationFix("0s"),
    durationFix("soon"),
  ]).toEqual([
    "write `30s`: a duration needs a unit",
    "write `48h`: the longest unit is the hour",
    "write `5m`",
    "write `10s`",
    "leave the field out: a duration of zero does not switch it off",
    null,
  ]);
});

grammar("DNS labels", isDnsLabel, ["a", "A1", "a-b", long], ["", "-a", "a-", "a_b", "a.b", "ä", `${long}a`]);
grammar(
  "host names",
  (text) => flawOfName(text) === null,
  ["a", "a.b", "a.b.", "1.a", "99999999999999999999"],
  ["", "a..b", "*.a", "a.1", "123", ".a", "a_b", `${"a.".repeat(128)}a`],
);
grammar(
  "wildcard host names",
  (text) => flawOfWildcardName(text) === null,
  ["*", "*.a", "*a.b", "*-a.b", "123", "a."],
  ["**", "a*", "a.*", "*..a", "*.1", "foo.123", ""],
);
grammar(
  "hosts at gateways with TLS",
  (text) => flawOfGatewayHost(text, true) === null,
  ["a.b", "outbound_.80_._.a.b", "outbound_.80_.v1_.a.b"],
  ["outbound_80", "outbound_._.x_.a", "outbound_.80_._.1", "a_b"],
);

grammar(
  "IP addresses",
  isIpAddress,
  [
    "1.2.3.4",
    "0.0.0.0",
    "::",
    "::1",
    "1::",
    "2001:db8::1",
    "1:2:3:4:5:6:7:8",
    "::ffff:1.2.3.4",
    "64:ff9b::1.2.3.4",
    "fe80::1%eth0",
    "A::b",
  ],
  [
    "",
    "1.2.3",
    "01.2.3.4",
    "256.1.1.1",
    "1.2.3.4.5",
    "1.2.3.4%a",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "::1%",
    "g::",
    "1.2.3.4::",
    "a",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1.2.3.4:5",
    ":1::",
  ],
);
grammar(
  "CIDR blocks",
  isCidrBlock,
  ["10.0.0.0/8", "1.2.3.4/0", "::/128", "2001:db8::1/64"],
  ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/", "::/129", "fe80::1%a/64", "10.0.0.0/+8", "a/8"],
);
grammar(
  "host:port",
  (text) => splitHostPort(text) !== null,
  [":80", "a:80", "[::1]:80", "127.0.0.1:", "[]:1"],
  ["80", "::1:80", "[::1]80", "[::1:80", "[::1]", "a:b:c", "[a]b:1", "[[a]:1"],
);

grammar(
  "RE2 expressions",
  (text) => [...regularExpression(text, [])].length === 0,
  ["", ".*", "^/api/v[12]$", "(?i)a", "(?P<n>a)", "(?<n>a)", "a{1000}", "\\pL+", "[[:alpha:]]", "\\Qa.b\\E"],
  [
    "*",
    "(",
    "[a",
    "a**",
    "(?=a)",
    "(?<!a)b",
    "(?<=a)b",
    "\\1",
    "a{1001}",
    "(a{1000}){2}",
    "\\Z",
    "a".repeat(1025),
    "é".repeat(513),
  ],
);
grammar(
  "header formats",
  (text) => flawOfHeaderFormat(text) === null,
  [
    "",
    "a",
    "100%%",
    "%HOSTNAME%",
    "a %REQ(:path)% b",
    '%DYNAMIC_METADATA(["a", "b"])%',
    "%A( x)%",
    "%A(x\\))%",
    '%A([ "a" ] ) %',
    "%A(x) %",
  ],
  [
    "%",
    "100%",
    "%HOSTNAME",
    "abc%123",
    "%START_TIME%%",
    "%A(",
    "%A(x",
    "%A(x)y%",
    "%A([a])%",
    '%A(["a" "b"])%',
    '%A(["a"]x)%',
    "%A(\\",
  ],
);
grammar(
  "claims of a JWT",
  isJwtClaim,
  ["@request.auth.claims.a", "@request.auth.claims[a]", "@Request.Auth.Claims[a][b]"],
  ["@request.auth.claims", "@request.auth.claims.", "@request.auth.claims[]", "@request.auth.claims-a", "x"],
);
grammar(
  "labels",
  (text) => [...labelMap(Object.fromEntries([text.split("=")]), [])].length === 0,
  ["a=b", "a=", "a.b/c_d=1", "A/b=x.y", `${long}=${long}${long}`],
  ["=a", "a b=c", "a/=c", "/a=c", "a_b/c=d", "a/b/c=d", "a=-", `${long}a=b`, `${"a.".repeat(127)}b/c=d`],
);

grammar("base64", isBase64, ["YQ==", "YWI=", "YWJj"], ["", "YQ", "YQ=", "Y_==", "YQ==\n"]);
grammar(
  "RFC 3339",
  isDateTime,
  ["2024-02-29T00:00:00Z", "2023-12-31t23:59:59.5+01:00"],
  ["2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01T24:00:00Z", "2024-13-01T00:00:00Z", "now"],
);

test("mistyped names are guessed, far ones are not", () => {
  const known = ["timeout", "perTryTimeout", "matchLabels", "ISTIO_MUTUAL", "host"];
  expect(
    ["TimeOut", "per_try_timeout", "labels", "ITSIO_MUTUAL", "hots", "gateway", "x"].map((typed) =>
      nearest(typed, known),
    ),
  ).toEqual(["timeout", "perTryTimeout", "matchLabels", "ISTIO_MUTUAL", "host", null, null]);
});
