import { expect, test } from "vitest";
import { exampleView } from "./example-view.ts";
import { pageServer } from "./page-server.ts";

const pressed: string[] = [];
const server = pageServer({
  path: "/acme/mesh/pull/1",
  view: async () => exampleView,
  act: async (action, form) => {
    pressed.push(`${action} ${form}`);
    return action === "push" ? null : "There is nothing to do.";
  },
  file: async (_repository, _commit, path) => (path === "shop/ä.yaml" ? "kind: <VirtualService>\n" : null),
  changed: () => Promise.resolve(),
});
const page = "http://localhost:4790/acme/mesh/pull/1";

test("the page is served, and allows nothing from elsewhere and nothing inline", async () => {
  const response = await server.request(page);
  expect(await response.text()).toContain("Give the canary most of the traffic");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
});

test.each(["/-/style.css", "/-/live.js", "/-/icon.svg"])("%s is served from here", async (path) => {
  expect((await server.request(`http://localhost:4790${path}`)).status).toBe(200);
});

test("a button acts and leads back to the page; what cannot be done is said", async () => {
  pressed.length = 0;
  const form = { method: "POST", body: "as=bob&body=a+b" };
  const done = await server.request(`${page}/push`, form);
  expect([done.status, done.headers.get("location")]).toEqual([303, "/acme/mesh/pull/1"]);
  const refused = await server.request(`${page}/rerun`, { method: "POST" });
  expect([refused.status, await refused.text()]).toEqual([422, "There is nothing to do."]);
  expect(pressed).toEqual(["push as=bob&body=a+b", "rerun "]);
});

test.each([
  ["another site's page", page, { origin: "https://evil.example" }],
  ["another port's page", page, { origin: "http://localhost:1234" }],
  ["a name that was pointed at this machine", page.replace("localhost", "evil.example"), {}],
])("%s may neither read nor press", async (_name, url, headers) => {
  pressed.length = 0;
  expect((await server.request(url, { headers })).status).toBe(403);
  expect((await server.request(`${url}/push`, { method: "POST", headers })).status).toBe(403);
  expect(pressed).toEqual([]);
});

test("a link of the report leads to the file, escaped", async () => {
  const base = "http://localhost:4790/acme/mesh/blob/0123456/shop";
  const response = await server.request(`${base}/%C3%A4.yaml`);
  expect(await response.text()).toContain("kind: &lt;VirtualService&gt;");
  expect((await server.request(`${base}/missing.yaml`)).status).toBe(404);
  expect((await server.request(`${base}/%E0%A4%A`)).status).toBe(404);
});

test("the page hears at once that something changed", async () => {
  const response = await server.request(`${page}/events`);
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain("event: changed");
  await reader.cancel();
});
