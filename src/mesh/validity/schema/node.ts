/**
 * What a field may hold: the CRD's structural schema and the protobuf type in one, since Istio derives both from the
 * same `.proto` files. `nullable` marks protobuf's wrappers (`UInt32Value`, `BoolValue`, …), which the CRD lets be null.
 */
export type SchemaNode = (
  | ObjectNode
  | MapNode
  | ListNode
  | TextNode
  | EnumNode
  | IntegerNode
  | { readonly kind: "number"; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "integer-or-string" }
) &
  Common;

interface Common {
  readonly nullable?: true;
  readonly rules?: readonly Rule[];
}

/** A CEL rule of the CRD (`x-kubernetes-validations`), rewritten as a function. It sees values of the right type only. */
export interface Rule {
  /** The rule as the CRD states it. */
  readonly cel: string;
  /** What the value must do, to follow its name. */
  readonly message: string;
  /** The message is to end in the value. */
  readonly quotesValue?: true;
  /** The field of the value that is to blame, where there is one. */
  readonly at?: string;
  /** What to write instead; null when nobody can guess. */
  fix?(value: never): string | null;
  holds(value: never): boolean;
}

export interface ObjectNode {
  readonly kind: "object";
  /** What operators call it, with its article: `a route destination`. */
  readonly what: string;
  readonly fields: Readonly<Record<string, SchemaNode>>;
  readonly required: readonly string[];
  /** Groups of fields of which at most one may be set: protobuf's oneofs, members in the order of their declaration. */
  readonly oneOf: readonly (readonly string[])[];
  /** Unknown fields are kept (`x-kubernetes-preserve-unknown-fields`). */
  readonly open: boolean;
}

export interface MapNode {
  readonly kind: "map";
  readonly values: SchemaNode;
  readonly most?: number;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: SchemaNode;
  readonly least?: number;
  readonly most?: number;
  /** The field whose value may stand only once in the list (`x-kubernetes-list-map-keys`). */
  readonly key?: string;
}

export interface TextNode {
  readonly kind: "text";
  /** What the text encodes. `duration` is protobuf's Duration. */
  readonly format?: "duration" | "base64" | "date-time";
  /** Longest length in characters. */
  readonly most?: number;
}

export interface EnumNode {
  readonly kind: "enum";
  /** In the order of their protobuf numbers, from 0. */
  readonly values: readonly string[];
}

export interface IntegerNode {
  readonly kind: "integer";
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The schema of an object's field; undefined when it has no such field. */
export function fieldNode(node: ObjectNode, field: string): SchemaNode | undefined {
  return Object.hasOwn(node.fields, field) ? node.fields[field] : undefined;
}

/** The object schema at the heart of a field: itself, or that of a list's items. Maps have free keys and thus none. */
export function objectWithin(node: SchemaNode): (ObjectNode & Common) | null {
  if (node.kind === "list") return objectWithin(node.items);
  return node.kind === "object" ? node : null;
}
