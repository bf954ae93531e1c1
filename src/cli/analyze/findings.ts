import type { ManifestFile, Problem, Range } from "../../manifest/source.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import { judgedKind } from "../../mesh/validity/validity.ts";
import { pathText } from "../../mesh/validity/violation.ts";
import { inEveryWorld } from "../../policy/analysed.ts";
import { analyses } from "../../rules/analyses.ts";
import type { Violation } from "../../rules/finding.ts";
import { type IstioCode, istioLevels, type Level } from "../../rules/istio-messages.ts";
import { Moment } from "../../rules/moment.ts";
import { validityOf } from "../../rules/references/validity-of.ts";
import type { StateRule } from "../../rules/rule.ts";
import type { Certainty } from "../../traffic/change.ts";
import { withDefaultGateway } from "./default-gateway.ts";
import { lenientMesh } from "./lenient-mesh.ts";
import { settingsIn } from "./mesh-config.ts";

/** One finding of `sluice analyze`. */
export interface Mistake {
  readonly rule: string;
  readonly istio: IstioCode | null;
  readonly severity: Level;
  /** `Kind/namespace/name`; null where a file could not be read. */
  readonly object: string | null;
  readonly message: string;
  readonly fix: string | null;
  readonly certainty: Certainty;
  readonly range: Range;
}

/** What is wrong with one state of a mesh. `unread` are files, or parts of them, that nobody could judge. */
export interface AnalysisResult {
  readonly mistakes: readonly Mistake[];
  readonly unread: readonly Mistake[];
}

/** Looks for mistakes in manifests taken for all there is, as `istioctl analyze` does, and for more than it knows. */
export function analyzeManifests(
  files: readonly ManifestFile[],
  meshConfig: readonly ManifestFile[],
  now: number,
): AnalysisResult {
  const mesh = lenientMesh(files, { ...settingsIn(files), ...settingsIn(meshConfig) });
  const objects = objectsOf(mesh);
  const own = new Map(objects.map((object) => [object.id, object]));
  const mistakes = [...objects.flatMap(refusals), ...said(withDefaultGateway(mesh), own, new Moment(now))];
  const { problems, unread } = sortProblems(mesh);
  return { mistakes: sorted([...mistakes, ...problems].filter(unsuppressed(own))), unread: sorted(unread) };
}

/** All objects that can be complained about, refused ones too. */
function objectsOf(mesh: Mesh): MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars, services, workloads } = mesh;
  const lists: readonly (readonly MeshObject<unknown>[])[] = [
    virtualServices,
    destinationRules,
    gateways,
    serviceEntries,
    sidecars,
    services,
    workloads,
    mesh.others,
    mesh.refused.map(({ object }) => object),
  ];
  return lists.flat();
}

/** Why the API server or Istio would not take an object; what Istio's webhook says has its code. */
function refusals(object: MeshObject<unknown>): Mistake[] {
  if (judgedKind(object.document.value) === null) return [];
  const { refusals: found, webhook } = validityOf(object);
  const ofIstio = new Set(webhook.errors.map(({ path }) => pathText(path)));
  // Istio's word may stand at a place where the API server has spoken of something else.
  const first = found.find(({ path }) => ofIstio.has(pathText(path))) ?? (ofIstio.size > 0 ? found[0] : null);
  return found.map((refusal): Mistake => {
    const { code, path, message, fix } = refusal;
    return {
      rule: "valid-manifest",
      istio: refusal === first || ofIstio.has(pathText(path)) ? "IST0106" : null,
      severity: "error",
      object: object.id,
      message,
      fix: fix ?? null,
      certainty: "certain",
      range: object.locate(path, code === "unknown-field" ? "key" : "value"),
    };
  });
}

/** What the rules say, object by object: looking up places in one document after the other is quick. */
function said(mesh: Mesh, own: ReadonlyMap<string, MeshObject<unknown>>, moment: Moment): Mistake[] {
  const touched = new Set(own.keys());
  const found = analyses.flatMap((rule) =>
    violations(rule, mesh, touched, moment).map((violation) => ({ rule, violation })),
  );
  return [...Map.groupBy(found, ({ violation }) => violation.object)].flatMap(([id, ofObject]) =>
    own.has(id) ? ofObject.flatMap(({ rule, violation }) => mistakes(rule, violation)) : [],
  );
}

function violations(rule: StateRule, mesh: Mesh, touched: ReadonlySet<string>, moment: Moment): Violation[] {
  return [
    ...inEveryWorld(rule, mesh, {
      options: rule.options.parse({}) as Record<string, unknown>,
      roles: { stable: [], canary: [] },
      environments: [],
      limit: (option) => ({ value: option, source: "default" }),
      settingOf: () => null,
      base: mesh,
      touched,
      moment,
      complete: true,
    }),
  ];
}

function mistakes(rule: StateRule, violation: Violation): Mistake[] {
  const { object, message, fix, certainty, range, istio = [] } = violation;
  const place = { rule: rule.id, object, message, fix, certainty, range };
  if (istio.length === 0) return [{ ...place, istio: null, severity: rule.analysis?.level ?? "warning" }];
  return istio.map((code) => ({ ...place, istio: code, severity: istioLevels[code] }));
}

/** What the reader and the mesh say against files and objects: mistakes of theirs, or reasons why nobody could judge them. */
function sortProblems(mesh: Mesh): { problems: Mistake[]; unread: Mistake[] } {
  const known = new Set(["duplicate-object", "unknown-kind", "wrong-type"]);
  const isMistake = ({ code, strictOnly }: Problem) => strictOnly || known.has(code);
  return {
    problems: mesh.problems.filter(isMistake).map((problem) => ({
      ...fromProblem(problem),
      rule: problem.code === "duplicate-object" ? problem.code : "valid-manifest",
      severity: problem.code === "duplicate-object" ? "warning" : "error",
    })),
    unread: [
      ...mesh.problems.filter((problem) => !isMistake(problem)).map(fromProblem),
      ...mesh.notRendered.map(({ reason, range }) =>
        fromProblem({
          code: "not-rendered",
          message: `cannot be judged before it is rendered: ${reason}`,
          range,
        }),
      ),
    ],
  };
}

function fromProblem({ message, fix, range }: Problem): Mistake {
  return {
    rule: "not-evaluated",
    istio: null,
    severity: "error",
    object: null,
    message,
    fix: fix ?? null,
    certainty: "certain",
    range,
  };
}

/** Namespaces that Istio's analyzer leaves alone. */
const ignored = /^[^/]+\/(?:kube-system|kube-public|kube-node-lease|local-path-storage)\//;
const suppression = "galley.istio.io/analyze-suppress";

/** The annotation names codes, or `*` for all, without spaces (pkg/config/analysis/local/istiod_analyze.go). */
function unsuppressed(objects: ReadonlyMap<string, MeshObject<unknown>>): (mistake: Mistake) => boolean {
  return ({ object, istio }) => {
    if (object === null) return true;
    const codes = objects.get(object)?.annotations[suppression]?.split(",") ?? [];
    return !ignored.test(object) && !codes.includes("*") && !(istio !== null && codes.includes(istio));
  };
}

/** By place, each thing once. */
function sorted(mistakes: readonly Mistake[]): Mistake[] {
  const unique = new Map(
    mistakes.map((mistake) => {
      const { rule, istio, object, message, range } = mistake;
      return [[rule, istio, object, message, range.file, range.line].join("\n"), mistake];
    }),
  );
  return [...unique.values()].sort(
    ({ range: a }, { range: b }) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
}
