import type { Range } from "../../manifest/source.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import type { Violation } from "../../rules/finding.ts";
import type { TrafficChange } from "../../traffic/change.ts";
import type { Allowance } from "./budget.ts";
import type { CustomRule } from "./custom-rule.ts";
import { compile, type Expression, ExpressionError } from "./expression.ts";
import { scopeOf } from "./scope.ts";
import { celValue } from "./vocabulary.ts";

/** What custom rules look at: one side with the other as `oldObject`, and where each object stands. */
export interface CustomContext {
  readonly mesh: Mesh;
  readonly before: Mesh;
  readonly traffic: TrafficChange;
  readonly touched: ReadonlySet<string>;
  /** What the rule may cost on this side. */
  readonly allowance: Allowance;
  environmentsOf(id: string, scope: string): readonly string[];
}

/** A custom rule ready to run; its expressions were checked when the policy was read. */
interface CompiledRule {
  readonly rule: CustomRule;
  readonly when: Expression | null;
  readonly variables: readonly { readonly name: string; readonly expression: Expression }[];
  readonly expression: Expression;
  readonly message: Expression | null;
  /** The rule's own values, as CEL sees them. */
  readonly params: unknown;
}

const compiled = new WeakMap<CustomRule, CompiledRule>();

/** What a custom rule says about one side. An expression that fails is a violation: nothing passes by being unreadable. */
export function* customViolations(rule: CustomRule, context: CustomContext): Generator<Violation> {
  const program = compiled.get(rule) ?? compileRule(rule);
  compiled.set(rule, program);
  const before = Map.groupBy(judgedObjects(context.before), ({ id }) => id);
  const after = judgedObjects(context.mesh);
  const afterById = Map.groupBy(after, ({ id }) => id);
  for (const object of after) {
    if (!context.touched.has(object.id) || !(rule.kinds as readonly string[]).includes(object.kind)) continue;
    const predecessor = predecessorOf(object, before.get(object.id), afterById.get(object.id));
    const message = complaint(program, object, predecessor, context);
    if (message !== null) yield violation(rule, object, message);
  }
}

function compileRule(rule: CustomRule): CompiledRule {
  const expression = (text: string): Expression => {
    const result = compile(text);
    if (!("evaluate" in result)) throw new Error(`unchecked expression of ${rule.id}: ${result.message}`);
    return result;
  };
  return {
    rule,
    when: rule.when === undefined ? null : expression(rule.when),
    variables: (rule.variables ?? []).map(({ name, expression: text }) => ({
      name,
      expression: expression(text),
    })),
    expression: expression(rule.expression),
    message: rule.messageExpression === undefined ? null : expression(rule.messageExpression),
    params: celValue(rule.params as Parameters<typeof celValue>[0]),
  };
}

/** Null when the object is right, or none of the rule's business. */
function complaint(
  program: CompiledRule,
  object: MeshObject<unknown>,
  before: MeshObject<unknown> | null,
  { mesh, traffic, allowance, environmentsOf }: CustomContext,
): string | null {
  const environments = environmentsOf(object.id, object.scope);
  const variables: Record<string, unknown> = {};
  const scope: object = Object.assign(Object.create(scopeOf(object, before, mesh, traffic)), {
    params: program.params,
    variables,
    environment: environments.join(", "),
    environments,
  });
  const value = (expression: Expression) => expression.evaluate(scope, allowance);
  try {
    for (const { name, expression } of program.variables) variables[name] = value(expression);
    if (program.when && value(program.when) !== true) return null;
    if (value(program.expression) === true) return null;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `${program.rule.message} (could not be decided: ${error.message})`;
  }
  return messageOf(program, scope);
}

function messageOf({ message, rule }: CompiledRule, scope: object): string {
  try {
    const said = message?.evaluate(scope);
    return typeof said === "string" && said.trim() !== "" ? said : rule.message;
  } catch {
    return rule.message;
  }
}

function violation(rule: CustomRule, object: MeshObject<unknown>, message: string): Violation {
  return {
    object: object.id,
    subject: rule.id,
    range: placeOf(object),
    message,
    fix: rule.fix ?? "see the organisation's policy",
    certainty: "certain",
    evidence: evidenceOf(object),
  };
}

/** What the object was before: the one of its scope, or one that has left its own. */
function predecessorOf(
  { scope }: MeshObject<unknown>,
  before: readonly MeshObject<unknown>[] = [],
  after: readonly MeshObject<unknown>[] = [],
): MeshObject<unknown> | null {
  const hasLeft = (earlier: MeshObject<unknown>) => !after.some((object) => object.scope === earlier.scope);
  return before.find((object) => object.scope === scope) ?? before.find(hasLeft) ?? null;
}

function judgedObjects(mesh: Mesh): readonly MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars } = mesh;
  return [...virtualServices, ...destinationRules, ...gateways, ...serviceEntries, ...sidecars];
}

const places = new WeakMap<MeshObject<unknown>, Range>();

/** Every rule speaks of an object at the same place, and finding it means reading the file again. */
function placeOf(object: MeshObject<unknown>): Range {
  const place = places.get(object) ?? object.locate(["spec"], "key");
  places.set(object, place);
  return place;
}

const evidence = new WeakMap<MeshObject<unknown>, string>();

function evidenceOf(object: MeshObject<unknown>): string {
  const text = evidence.get(object) ?? JSON.stringify(object.spec);
  evidence.set(object, text);
  return text;
}
