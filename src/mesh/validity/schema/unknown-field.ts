import type { Path } from "../../../manifest/source.ts";
import type { Violation } from "../violation.ts";
import { schemas } from "./kinds.ts";
import { nearest, sameLetters } from "./nearest.ts";
import { fieldNode, type ObjectNode, objectWithin, type SchemaNode } from "./node.ts";
import { named } from "./wording.ts";

/** An object on the way from the root to where a walk stands, and the field of it that the walk has gone into. */
export interface Step {
  readonly node: ObjectNode;
  readonly next: string;
}

/**
 * A field that the object does not have. Says what was meant, or where the field belongs: both are looked up in the
 * schema around the place, never listed per field. `way` leads from the root to the object that has the field.
 */
export function unknownField(field: string, path: Path, way: readonly Step[]): Violation {
  const { node } = way.at(-1)!;
  const parents = way.slice(0, -1);
  const message = `${named(field)} is not a field of ${node.what}`;
  const code = "unknown-field";
  const names = Object.keys(node.fields);
  const place = sameLetters(field, names) === null ? (above(parents, field) ?? inside(node, field)) : null;
  const meant = place ? null : nearest(field, names);
  if (meant !== null) return { code, path, message, fix: `write \`${meant}\`` };
  const found = place ?? beside(parents, field) ?? elsewhere(parents, field);
  if (found) return { code, path, message: `${message}; ${found.where}`, fix: found.fix };
  return { code, path, message, fix: `remove it; ${node.what} has ${listed(names)}` };
}

const mostListed = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map((name) => `\`${name}\``);
  return names.length > mostListed ? `${shown.join(", ")} and others` : shown.join(", ");
}

interface Place {
  /** Goes on after what is wrong. */
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
      where: `it belongs ${levels}, beside \`${next}\``,
      fix: `move \`${field}\` to ${node.what.replace(/^an? /, "the ")}, beside \`${next}\``,
    };
  }
  return null;
}

function inside(node: ObjectNode, field: string): Place | null {
  const parent = fieldThatHas(node, field);
  return parent === null
    ? null
    : { where: `it belongs inside \`${parent}\``, fix: `move \`${field}\` into \`${parent}\`` };
}

function beside(way: readonly Step[], field: string): Place | null {
  for (const { node, next } of way.slice(-mostLevels).reverse()) {
    const sibling = fieldThatHas(node, field);
    if (sibling === null || sibling === next) continue;
    return {
      where: `it belongs inside \`${sibling}\`, which stands beside \`${next}\``,
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

/** In the `spec` of another kind. */
function elsewhere(way: readonly Step[], field: string): Place | null {
  if (way.length !== 1) return null;
  for (const schema of Object.values<ObjectNode>(schemas)) {
    const spec = fieldNode(schema, "spec") as SchemaNode & ObjectNode;
    if (schema === way[0]!.node || !fieldNode(spec, field)) continue;
    return { where: `${spec.what} has it`, fix: `move \`${field}\` to ${spec.what}` };
  }
  return null;
}
