import type { Path } from "../../../manifest/source.ts";
import type { Violation } from "../violation.ts";
import { schemas } from "./kinds.ts";
import { nearest } from "./nearest.ts";
import { fieldNode, type ObjectNode, objectWithin, type SchemaNode } from "./node.ts";

/** An object on the way from the root to where the walk stands, with the field that led on from it. */
export interface Step {
  readonly node: ObjectNode;
  readonly next: string;
}

/**
 * A field that the object does not have. Says what was meant, or where the field belongs: both are looked up in the
 * schema around the place, never listed per field. `way` leads from the root to the object, which `node` describes.
 */
export function unknownField(node: ObjectNode, field: string, path: Path, way: readonly Step[]): Violation {
  const problem = `\`${field}\` is not a field of ${node.what}`;
  const code = "unknown-field";
  const [typo, far] = spelling(node, field);
  if (typo !== null && !far) return { code, path, message: problem, fix: `write \`${typo}\`` };
  const place = above(way, field) ?? inside(node, field) ?? beside(way, field);
  if (place) return { code, path, message: `${problem}; it belongs ${place.where}`, fix: place.fix };
  if (typo !== null) return { code, path, message: problem, fix: `write \`${typo}\`` };
  const owner = way.length <= 1 ? ownerKind(field, way) : null;
  if (owner) {
    return { code, path, message: `${problem}; ${owner} has it`, fix: `move \`${field}\` to ${owner}` };
  }
  const known = Object.keys(node.fields).map((name) => `\`${name}\``);
  return { code, path, message: problem, fix: `remove it; ${node.what} has ${known.join(", ")}` };
}

/** The field of this object that was probably meant, and whether the spelling is farther off than case and underscores. */
function spelling(node: ObjectNode, field: string): [string | null, boolean] {
  const meant = nearest(field, Object.keys(node.fields));
  const letters = (name: string) => name.toLowerCase().replaceAll("_", "");
  return [meant, meant === null || letters(meant) !== letters(field)];
}

interface Place {
  readonly where: string;
  readonly fix: string;
}

/** Farther up, a field of the same name seldom means the same. */
const mostLevels = 2;

function above(way: readonly Step[], field: string): Place | null {
  for (let level = 1; level <= Math.min(mostLevels, way.length - 1); level++) {
    const { node, next } = way[way.length - level]!;
    if (!fieldNode(node, field)) continue;
    const levels = level === 1 ? "one level up" : "two levels up";
    return {
      where: `${levels}, beside \`${next}\``,
      fix: `move \`${field}\` to ${node.what.replace(/^an? /, "the ")}, beside \`${next}\``,
    };
  }
  return null;
}

function inside(node: ObjectNode, field: string): Place | null {
  const parent = fieldThatHas(node, field);
  return parent === null
    ? null
    : { where: `inside \`${parent}\``, fix: `move \`${field}\` into \`${parent}\`` };
}

function beside(way: readonly Step[], field: string): Place | null {
  for (const { node, next } of way.slice(-mostLevels).reverse()) {
    const sibling = fieldThatHas(node, field);
    if (sibling === null || sibling === next) continue;
    return {
      where: `inside \`${sibling}\`, which stands beside \`${next}\``,
      fix: `move \`${field}\` into \`${sibling}\``,
    };
  }
  return null;
}

function fieldThatHas(node: ObjectNode, field: string): string | null {
  for (const [name, child] of Object.entries(node.fields)) {
    const inner = objectWithin(child);
    if (inner && fieldNode(inner, field)) return name;
  }
  return null;
}

/** The kind whose `spec` has a field that stands in the `spec` of another kind. */
function ownerKind(field: string, way: readonly Step[]): string | null {
  const own = way[0]?.node;
  for (const schema of Object.values<ObjectNode>(schemas)) {
    const spec = fieldNode(schema, "spec") as SchemaNode & ObjectNode;
    if (schema !== own && fieldNode(spec, field)) return spec.what;
  }
  return null;
}
