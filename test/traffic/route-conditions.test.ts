import { describe, expect, test } from "vitest";
import type { RouteRequest } from "../../src/traffic/effective/proxy/connection.ts";
import { answer } from "../../src/traffic/route.ts";
import { meshFrom, virtualService } from "../resolution/manifests.ts";

describe("conditions on requests", () => {
  const outcome = (match: string, request: Partial<RouteRequest>): string => {
    const manifests = virtualService(
      "default/v",
      `hosts: [a.com]\ngateways: [gw]\nhttp: [{match: [${match}], route: [{destination: {host: web}}]}]`,
    );
    const proxy = { namespace: "default", labels: {}, gateway: "default/gw" };
    return answer(meshFrom(manifests), { proxy, port: 80, host: "a.com", ...request }).outcome;
  };
  test.each<[string, string, Partial<RouteRequest>, boolean]>([
    ["exact path", "{uri: {exact: /a}}", { path: "/a?x=1" }, true],
    ["exact path, longer", "{uri: {exact: /a}}", { path: "/a/" }, false],
    ["prefix is a plain one", "{uri: {prefix: /foo}}", { path: "/foobar" }, true],
    ["regex must match in full", "{uri: {regex: '/a|/b'}}", { path: "/bc" }, false],
    ["regex", "{uri: {regex: '/a[0-9]+'}}", { path: "/a12#f" }, true],
    ["case of the path", "{uri: {prefix: /Foo}}", { path: "/foo" }, false],
    ["ignoreUriCase", "{uri: {prefix: /Foo}, ignoreUriCase: true}", { path: "/fOO/x" }, true],
    [
      "ignoreUriCase leaves regex alone",
      "{uri: {regex: /Foo}, ignoreUriCase: true}",
      { path: "/foo" },
      false,
    ],
    ["dot segments are resolved first", "{uri: {exact: /b}}", { path: "/a/./x/../../b?q=/../c" }, true],
    ["above the root is the root", "{uri: {exact: /b}}", { path: "/../b" }, true],
    ["a last dot segment leaves a slash", "{uri: {exact: /a/}}", { path: "/a/b/.." }, true],
    ["unreserved characters are decoded", "{uri: {exact: /b}}", { path: "/a/%2E%2e/%62" }, true],
    ["backslashes are slashes", "{uri: {exact: /a/b}}", { path: "/a\\b" }, true],
    ["encoded slashes stay", "{uri: {exact: /a%2Fb}}", { path: "/a%2Fb" }, true],
    ["double slashes stay", "{uri: {exact: /a/b}}", { path: "/a//b" }, false],
    ["method", "{method: {exact: POST}}", { method: "POST" }, true],
    ["method's case", "{method: {exact: POST}}", { method: "post" }, false],
    ["authority sees the port", "{authority: {exact: a.com}}", { host: "a.com:80" }, false],
    ["scheme", "{scheme: {exact: http}}", {}, true],
    ["header present", "{headers: {x: {}}}", { headers: { X: "" } }, true],
    ["header absent", "{headers: {x: {}}}", {}, false],
    ["regex * means present", "{headers: {x: {regex: '*'}}}", { headers: { x: "v" } }, true],
    ["header host is the authority", "{headers: {host: {prefix: a}}}", {}, true],
    ["withoutHeaders, absent", "{withoutHeaders: {x: {exact: v}}}", {}, true],
    ["withoutHeaders, equal", "{withoutHeaders: {x: {exact: v}}}", { headers: { x: "v" } }, false],
    ["withoutHeaders regex .* never holds", "{withoutHeaders: {x: {regex: '.*'}}}", {}, false],
    ["withoutHeaders {} means absent", "{withoutHeaders: {x: {}}}", { headers: { x: "" } }, false],
    ["query", "{queryParams: {q: {exact: '1'}}}", { path: "/?p=2&q=1&q=2" }, true],
    ["query is not decoded", "{queryParams: {q: {exact: 'a b'}}}", { path: "/?q=a%20b" }, false],
    ["query present", "{queryParams: {q: {}}}", { path: "/?q" }, true],
    ["all of one match", "{uri: {prefix: /a}, method: {exact: PUT}}", { path: "/a" }, false],
  ])("%s", (_, match, request, matches) => {
    expect(outcome(match, request)).toBe(matches ? "route" : "not-found");
  });
});
