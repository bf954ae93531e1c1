import type { Mesh, MeshObject } from "../../mesh/object.ts";
import type { Violation } from "../../rules/finding.ts";
import type { TrafficChange } from "../../traffic/change.ts";
import type { CustomRule } from "./custom-rule.ts";
import { compile, type Expression, ExpressionError } from "./expression.ts";
import { celRoutes, celShifts, celValue } from "./vocabulary.ts";

/** What custom rules look at: one side with the other as `oldObject`, and where each object stands. */
export interface CustomContext {
  readonly mesh: Mesh;
  readonly before: Mesh;
  readonly traffic: TrafficChange;
  readonly touched: ReadonlySet<string>;
  environmentsOf(id: string, scope: string): readonly string[];
}

/** A custom rule ready to run; its expressions were checked when the policy was read. */
interface CompiledRule {
  readonly rule: CustomRule;
  readonly when: Expression | null;
  readonly variables: readonly { readonly name: string; readonly expression: Expression }[];
  readonly expression: Expression;
  readonly message: Expression | null;
}

const compiled = new WeakMap<CustomRule, CompiledRule>();

/** What a custom rule says about one side. An expression that fails is a violation: nothing passes by being unreadable. */
export function* customViolations(rule: CustomRule, context: CustomContext): Generator<Violation> {
  const program = compiled.get(rule) ?? compileRule(rule);
  compiled.set(rule, program);
  const before = Map.groupBy(objectsOf(context.before), ({ id }) => id);
  for (const object of objectsOf(context.mesh)) {
    if (!context.touched.has(object.id) || !(rule.kinds as readonly string[]).includes(object.kind)) continue;
    const message = complaint(program, object, counterpart(object, before), context);
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
  };
}

/** Null when the object is right, or none of the rule's business. */
function complaint(
  program: CompiledRule,
  object: MeshObject<unknown>,
  before: MeshObject<unknown> | null,
  { mesh, traffic, environmentsOf }: CustomContext,
): string | null {
  const environments = environmentsOf(object.id, object.scope);
  const variables: Record<string, unknown> = {};
  const scope = {
    object: celValue(object.document.value),
    oldObject: celValue(before?.document.value),
    params: celValue(program.rule.params as Parameters<typeof celValue>[0]),
    variables,
    environment: environments.join(", "),
    environments,
    shifts: celShifts(traffic.shifts, object),
    routes: celRoutes(object, mesh),
  };
  try {
    for (const { name, expression } of program.variables) variables[name] = expression.evaluate(scope);
    if (program.when && program.when.evaluate(scope) !== true) return null;
    if (program.expression.evaluate(scope) === true) return null;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `${program.rule.message} (could not be decided: ${error.message})`;
  }
  return messageOf(program, scope);
}

function messageOf({ message, rule }: CompiledRule, scope: Readonly<Record<string, unknown>>): string {
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
    range: object.locate(["spec"], "key"),
    message,
    fix: rule.fix ?? "see the organisation's policy",
    certainty: "certain",
    evidence: JSON.stringify(object.spec, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  };
}

function objectsOf(mesh: Mesh): readonly MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars } = mesh;
  return [...virtualServices, ...destinationRules, ...gateways, ...serviceEntries, ...sidecars];
}

/** The object of the same identity on the other side; one that changed its scope is the only one of its name. */
function counterpart({ id, scope }: MeshObject<unknown>, before: ReadonlyMap<string, MeshObject<unknown>[]>) {
  const known = before.get(id) ?? [];
  return known.find((other) => other.scope === scope) ?? (known.length === 1 ? known[0]! : null);
}
