import { isObject } from "../../../manifest/json.ts";
import type { Json, JsonObject } from "../../../manifest/source.ts";
import { fieldText, mostTold, type Violation } from "../violation.ts";
import { checkScalar } from "./check-scalar.ts";
import { fieldNode, type ListNode, type MapNode, type ObjectNode, type SchemaNode } from "./node.ts";
import { type Step, unknownField } from "./unknown-field.ts";
import { quote, wrongType } from "./wording.ts";

/** Fields of every Kubernetes object; no CRD describes them. */
const typeAndMetadata: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/**
 * What the API server's structural schema with strict field validation says against a manifest. Nulls of fields that
 * cannot be null count as absent, because the API server drops them first
 * (apiextensions-apiserver `defaulting/prunenulls.go`); nulls in lists stay and are errors.
 */
export function checkManifest(schema: ObjectNode & SchemaNode, manifest: Json): Violation[] {
  const walk = new Walk();
  walk.visit(schema, manifest);
  return walk.violations;
}

class Walk {
  readonly violations: Violation[] = [];
  readonly #path: (string | number)[] = [];
  readonly #way: Step[] = [];

  visit(node: SchemaNode, value: Json): void {
    if ((value === null && node.nullable) || this.violations.length >= mostTold) return;
    const before = this.violations.length;
    this.#visitByType(node, value);
    // A rule relies on the types of everything below it.
    if (node.rules && this.violations.length === before) this.#evaluateRules(node, value);
  }

  #visitByType(node: SchemaNode, value: Json): void {
    if (node.kind === "object" && isObject(value)) this.#object(node, value);
    else if (node.kind === "map" && isObject(value)) this.#map(node, value);
    else if (node.kind === "list" && Array.isArray(value)) this.#list(node, value);
    else if (node.kind === "object" || node.kind === "map" || node.kind === "list") {
      this.violations.push(wrongType(node, value, [...this.#path]));
    } else {
      const violation = checkScalar(node, value, this.#path);
      if (violation) this.violations.push(violation);
    }
  }

  #object(node: ObjectNode, value: JsonObject): void {
    const isRoot = this.#way.length === 0;
    const step = { node, next: "" };
    this.#way.push(step);
    for (const field of Object.keys(value)) {
      if (isRoot && typeAndMetadata.has(field)) continue;
      const child = fieldNode(node, field);
      const inner = value[field]!;
      step.next = field;
      if (child && inner !== null) this.#visitAt(field, child, inner);
      else if (!child && !node.open && this.violations.length < mostTold) this.#unknown(field);
    }
    this.#way.pop();
    for (const field of node.required) if (!isSet(value, field)) this.#missing(node, field);
    for (const group of node.oneOf) this.#atMostOne(group, node, value);
  }

  #map(node: MapNode, value: JsonObject): void {
    const entries = Object.entries(value).filter(([, inner]) => inner !== null || node.values.nullable);
    if (node.most !== undefined && entries.length > node.most) {
      this.#say("too-many", `\`${this.#field()}\` may have ${node.most} entries, not ${entries.length}`);
    }
    for (const [key, inner] of entries) this.#visitAt(key, node.values, inner);
  }

  #list(node: ListNode, value: Json[]): void {
    const size = value.length;
    if (node.most !== undefined && size > node.most) {
      this.#say("too-many", `\`${this.#field()}\` may have ${node.most} items, not ${size}`);
    } else if (node.least !== undefined && size < node.least) {
      this.#say(
        "too-few",
        `\`${this.#field()}\` must not be empty`,
        `add an item, or remove \`${this.#field()}\``,
      );
    }
    for (let index = 0; index < size; index++) this.#visitAt(index, node.items, value[index]!);
    if (node.key !== undefined) this.#uniqueKeys(node.key, value);
  }

  #visitAt(part: string | number, node: SchemaNode, value: Json): void {
    this.#path.push(part);
    this.visit(node, value);
    this.#path.pop();
  }

  #uniqueKeys(key: string, items: Json[]): void {
    const seen = new Set<Json | undefined>();
    items.forEach((item, index) => {
      const name = isObject(item) ? item[key] : undefined;
      if (seen.has(name)) {
        const path = [...this.#path, index, key];
        const message = `\`${fieldText([...this.#path, index])}\` has the \`${key}\` of another item: ${quote(name ?? null)}`;
        this.violations.push({ code: "duplicate", path, message, fix: `give every item its own \`${key}\`` });
      }
      seen.add(name);
    });
  }

  #unknown(field: string): void {
    this.violations.push(unknownField(field, [...this.#path, field], this.#way));
  }

  #missing(node: ObjectNode, field: string): void {
    this.violations.push({
      code: "required",
      path: [...this.#path, field],
      message: `${node.what} needs \`${field}\``,
      fix: `add \`${field}\``,
    });
  }

  #atMostOne(group: readonly string[], node: ObjectNode, value: JsonObject): void {
    if (group.every((field) => !isSet(value, field))) return;
    const set = group.filter((field) => isSet(value, field)).map((field) => `\`${field}\``);
    if (set.length <= 1) return;
    this.#say(
      "one-of",
      `${node.what} may have only one of ${set.join(" and ")}`,
      `leave one of ${set.join(", ")}`,
    );
  }

  #evaluateRules(node: SchemaNode, value: Json): void {
    const subject = node.kind === "object" ? node.what : `\`${this.#field()}\``;
    for (const rule of node.rules ?? []) {
      if (rule.holds(value as never)) continue;
      const message = `${subject} ${rule.message}${rule.quotesValue ? `, not ${quote(value)}` : ""}`;
      this.#say("rule", message, rule.fix?.(value as never), rule.at);
    }
  }

  #say(code: string, message: string, fix?: string | null, at?: string): void {
    const path = at === undefined ? [...this.#path] : [...this.#path, at];
    this.violations.push({ code, path, message, ...(fix ? { fix } : {}) });
  }

  #field(): string {
    return fieldText(this.#path);
  }
}

function isSet(value: JsonObject, field: string): boolean {
  return value[field] !== undefined && value[field] !== null;
}
