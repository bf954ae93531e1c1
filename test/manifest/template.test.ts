import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import { isChartTemplate, mentionsMesh } from "../../src/manifest/template.ts";

const route = (host: string, more = "") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
spec:
  hosts: [reviews]
  http:
  - route:
    - destination: {host: ${host}}${more}
`;
const variable = (name: string) => `\${${name}}`;
const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n";

describe("has to be rendered first", () => {
  test.each([
    ["an unquoted Go template", "vs.yaml", route("{{ .Values.host }}"), "`{{ .Values.host }}`", 9],
    ["a quoted one", "vs.yaml", route("'{{ .host }}'"), "`{{ .host }}`", 9],
    ["a key", "vs.yaml", route("a").replace("name: reviews", "labels: {'{{ .k }}': x}"), "`{{ .k }}`", 4],
    [
      "control flow",
      "vs.yaml",
      `{{- if .Values.on }}\n${route("a")}{{- end }}\n`,
      "`{{- if .Values.on }}`",
      1,
    ],
    [
      "a templated version",
      "vs.yaml",
      route("a").replace("networking.istio.io/v1", "{{ $api }}"),
      "`{{ $api }}`",
      1,
    ],
    [
      "a variable of Flux",
      "vs.yaml",
      route(`'${variable("HOST:=reviews")}'`),
      `\`${variable("HOST:=reviews")}\``,
      9,
    ],
    [
      "a variable in plain text",
      "vs.yaml",
      route("a").replace("name: reviews", `name: ${variable("NS")}-reviews`),
      `\`${variable("NS")}\``,
      4,
    ],
    ["a var of kustomize", "vs.yaml", route("$(HOST)"), "`$(HOST)`", 9],
    ["ytt", "vs.yaml", route("a", " #@ data.values.x"), "`#@ data.values.x`", 9],
    ["ERB", "vs.yaml", route("'<%= host %>'"), "`<%`", 9],
    [
      "a chart's comment",
      "chart/templates/vs.yaml",
      route("a", " # {{ .Values.x }}"),
      "`{{ .Values.x }}`",
      9,
    ],
    [
      "a chart's free text",
      "chart/templates/vs.yaml",
      route("a", "\n      headers: {request: {set: {x: '{{ .x }}'}}}"),
      "`{{ .x }}`",
      10,
    ],
  ])("%s", (_, path, text, shown, line) => {
    const { documents, problems, notRendered } = readManifests(path, text);
    expect({ documents, problems }).toEqual({ documents: [], problems: [] });
    expect(notRendered?.reason).toBe(`${shown} has to be rendered first`);
    expect(notRendered?.range).toMatchObject({ file: path, line });
  });

  test.each(["mesh.jsonnet", "vs.yaml.tpl", "vs.j2", "vs.cue"])("whatever %s says of Istio", (path) => {
    const { documents, notRendered } = readManifests(path, route("a"));
    expect(documents).toEqual([]);
    expect(notRendered?.reason).toBe("the file is a template");
  });

  test("documents inside a block that another one opens", () => {
    const text = `{{- range .Values.all }}\nx: {{ . }}\n---\n${route("a")}---\n${service}{{- end }}\n---\n${route("b")}`;
    const { documents, notRendered } = readManifests("a.yaml", text);
    expect(notRendered).toMatchObject({ range: { line: 4 } });
    expect(documents.map((document) => document.locate([]).line)).toEqual([20]);
  });
});

describe("is evaluated as it stands", () => {
  test.each([
    ["a chart's file without any expression", "chart/templates/vs.yaml", route("a")],
    ["a document beside templates of other things", "vs.yaml", `${service}---\n${route("a")}`],
    ["an expression in a comment", "vs.yaml", `# {{ .Values.x }} and \${Y}\n${route("a", " # {{- if x }}")}`],
    ["braces in a header", "vs.yaml", route("a", "\n      headers: {request: {set: {x: '{{id}}'}}}")],
    ["braces in a regex", "vs.yaml", route("a", "\n    match: [{uri: {regex: '^/a{{2}}/$(b)$'}}]")],
    [
      "a dollar in an annotation",
      "vs.yaml",
      route("a").replace("name: reviews", `name: a\n  annotations: {x: '${variable("y")} {{ z }}'}`),
    ],
    [
      "Envoy's own placeholders",
      "vs.yaml",
      route("a", "\n      headers: {request: {set: {x: '%REQ(:path)% $ {a}'}}}"),
    ],
    ["an at sign that is text", "vs.yaml", route("a", "\n      headers: {request: {set: {x: 'a #@ b'}}}")],
    ["setters of kpt", "vs.yaml", route("a", ` # kpt-set: ${variable("host")}`)],
  ])("%s", (_, path, text) => {
    const { documents, problems, notRendered } = readManifests(path, text);
    expect({ problems, notRendered }).toEqual({ problems: [], notRendered: undefined });
    expect(documents.length).toBe(1);
  });

  test("what is in a templates directory that belongs to no chart", () => {
    const text = route("a", "\n      headers: {request: {set: {x: '{{id}}'}}}");
    expect(readManifests("templates/vs.yaml", text, { chart: false }).documents.length).toBe(1);
  });
});

describe("is nothing of ours", () => {
  test.each([
    ["a templated Deployment", "kind: Deployment\napiVersion: apps/v1\nspec: {{ toYaml .x }}\n"],
    [
      "a ConfigMap that carries a template",
      `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    ${route("a").replaceAll("\n", "\n    ")}\n  {{ . }}: x\n`,
    ],
    ["a Gateway of another API", "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nspec: {{ . }}\n"],
  ])("%s", (_, text) => {
    expect(readManifests("a.yaml", text)).toEqual({ path: "a.yaml", documents: [], problems: [] });
  });
});

test("an expression in a comment does not excuse broken YAML", () => {
  const { problems, notRendered } = readManifests("vs.yaml", `# {{ x }}\n${route("[")}`);
  expect([problems.length, notRendered]).toEqual([1, undefined]);
});

test.each([
  ["chart/templates/vs.yaml", true],
  ["chart/templates/sub/vs.yaml", true],
  ["chart/templates/templates/vs.yaml", true],
  ["chart/values.yaml", false],
  ["other/templates/vs.yaml", false],
  ["chart/templates", false],
])("%s is a chart's template: %s", (path, expected) => {
  expect(isChartTemplate(path, (other) => other === "chart/Chart.yaml")).toBe(expected);
});

test.each([
  [route("a"), true],
  ['{"kind":"DestinationRule"}', true],
  ["kind : 'Service'", true],
  ["kind: ServiceList", true],
  ["apiVersion: networking.istio.io/v1\nkind: {{ $k }}", true],
  ["resources:\n- vs.yaml", true],
  ["kind: Kustomization", true],
  // Kubernetes reads all of these as an Istio object.
  ['apiVersion: "networking\\x2eistio.io/v1"\nkind: "\\x56irtualService"', true],
  ['{"apiVersion":"networking.\\u0069stio.io/v1","kind":"VirtualServic\\u0065"}', true],
  ['apiVersion: "networking.\\\n  istio.io/v1"\nkind: "Virtual\\\n  Service"', true],
  ["apiVersion: !!binary bmV0d29ya2luZy5pc3Rpby5pby92MQ==\nkind: !!binary VmlydHVhbFNlcnZpY2U=", true],
  ["kind: ConfigMap", false],
  ["services: and kinds: of text", false],
  ["const kind = 1;", false],
])("%j can matter to the mesh: %s", (text, expected) => {
  expect(mentionsMesh(text)).toBe(expected);
});
