/** From the YAML reader's events to a tree whose every node knows its value, as Kubernetes sees it, and its place. */
import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import { Anchors } from "./anchors.ts";
import { BareObject } from "./json.ts";
import type { ComposeLimits, Composition, Dialect, DuplicateKey, Entry, Node } from "./node.ts";
import { parse } from "./parse.ts";
import { keyOf, plainScalar, taggedScalar } from "./scalar.ts";
import type { Json, JsonObject } from "./source.ts";
import { YamlError } from "./yaml-error.ts";

const nothing: Composition = { root: null, duplicates: [], aliased: 0 };
const maxDuplicates = 100;

/** As `sigs.k8s.io/yaml` reads: `goyaml.v2`. */
const kubernetes: Dialect = { plain: plainScalar, key: keyOf, ownKeysHold: false };

/** Reads the first document of `text`. Throws {@link YamlError} for what Kubernetes would refuse and for what exceeds `limits`. */
export function compose(text: string, limits: ComposeLimits): Composition {
  return new Composer(text, parse(text, limits.depth), limits).document();
}

class Composer {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #duplicates: DuplicateKey[] = [];
  readonly #anchors: Anchors;
  readonly #dialect: Dialect;
  #next = 0;
  #flowDepth = 0;

  constructor(text: string, stream: readonly Event[], limits: ComposeLimits) {
    this.#text = text;
    this.#events = stream;
    this.#anchors = new Anchors(limits.aliasNodes);
    this.#dialect = limits.dialect ?? kubernetes;
  }

  document(): Composition {
    const start = this.#take();
    if (start?.type !== EVENT_ID.DOCUMENT) return nothing;
    if (start.directives.some((directive) => directive.kind === "yaml" && directive.version !== "1.1")) {
      throw new YamlError("yaml-version", "Kubernetes reads YAML 1.1 only", {
        offset: 0,
        fix: "remove the %YAML directive",
      });
    }
    if (this.#peek() === EVENT_ID.POP) return nothing;
    return { root: this.#node(), duplicates: this.#duplicates, aliased: this.#anchors.added };
  }

  #take(): Event | undefined {
    const event = this.#events[this.#next];
    this.#next += 1;
    return event;
  }

  #peek(): Event["type"] | undefined {
    return this.#events[this.#next]?.type;
  }

  #node(): Node {
    const event = this.#take();
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#anchor(event, this.#scalar(event));
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        return this.#anchor(event, this.#collection(event));
      case EVENT_ID.ALIAS:
        return this.#anchors.refer(
          this.#text.slice(event.anchorStart, event.anchorEnd),
          event.anchorStart - 1,
          event.anchorEnd,
        );
      default:
        throw new Error("the YAML reader's events do not form a tree");
    }
  }

  #collection(event: SequenceEvent | MappingEvent): Node {
    this.#anchor(event, "open");
    const flow = event.style === COLLECTION_STYLE.FLOW ? 1 : 0;
    this.#flowDepth += flow;
    const node = event.type === EVENT_ID.SEQUENCE ? this.#sequence(event.start) : this.#mapping(event.start);
    this.#flowDepth -= flow;
    return node;
  }

  #anchor<T extends Node | "open">(event: { anchorStart: number; anchorEnd: number }, node: T): T {
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  #scalar(event: ScalarEvent): Node {
    const text = this.#textOf(event);
    const tag = event.tagStart < 0 ? "" : coreTag(this.#text.slice(event.tagStart, event.tagEnd));
    const quote =
      event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const start = event.valueStart - quote;
    try {
      const plain = event.style === SCALAR_STYLE.PLAIN;
      if (plain && this.#flowDepth > 0 && text.startsWith(":")) throw colonInFlow;
      const value = tag !== "" ? taggedScalar(text, tag) : plain ? this.#dialect.plain(text) : text;
      return { value, start, end: event.valueEnd + quote, size: 1 };
    } catch (error) {
      throw placed(error, start);
    }
  }

  /** js-yaml ends a block scalar with a line break even where the text ends without one; `goyaml` does not. */
  #textOf(event: ScalarEvent): string {
    const text = getScalarValue(this.#text, event);
    if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK) return text;
    const isCut = event.valueEnd >= this.#text.length && !this.#text.endsWith("\n");
    const read = isCut && text.endsWith("\n") ? text.slice(0, -1) : text;
    return event.style === SCALAR_STYLE.FOLDED_BLOCK ? (this.#dialect.folded?.(read) ?? read) : read;
  }

  #sequence(start: number): Node {
    const items: Node[] = [];
    const value: Json[] = [];
    let size = 1;
    while (this.#peek() !== EVENT_ID.POP) {
      const item = this.#node();
      items.push(item);
      value.push(item.value);
      size += item.size;
    }
    this.#next += 1;
    return { value, start, end: -1, items, size };
  }

  #mapping(start: number): Node {
    const entries: Entry[] = [];
    const value = new BareObject();
    const inherited: Node[] = [];
    let size = 1;
    while (this.#peek() !== EVENT_ID.POP) {
      const merging = this.#atMergeKey();
      const keyEvent = this.#events[this.#next];
      const keyNode = this.#node();
      const valueEvent = this.#events[this.#next];
      const node = this.#node();
      if (isBlockMapping(valueEvent) && !this.#text.slice(keyNode.end, node.start).includes("\n")) {
        throw placed(mappingOnKeyLine, node.start);
      }
      size += keyNode.size + node.size;
      if (merging && this.#dialect.ownKeysHold) inherited.push(node);
      else if (merging) this.#merge(node, keyNode.start, value, entries);
      else this.#set({ key: this.#key(keyNode, keyEvent), keyNode, node }, value, entries);
    }
    this.#next += 1;
    for (const node of inherited) this.#merge(node, start, value, entries);
    return { value, start, end: -1, entries, size };
  }

  #key(node: Node, event: Event | undefined): string {
    const { value } = node;
    if (typeof value === "string") return value;
    if (value !== null && typeof value === "object") {
      throw new YamlError("invalid-key", "a list or a mapping cannot be a key", {
        offset: node.start,
        fix: "use a string as key; quote it if it begins with `[` or `{`",
      });
    }
    const text = event?.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, event) : String(value);
    try {
      return this.#dialect.key(value, text);
    } catch (error) {
      throw placed(error, node.start);
    }
  }

  #set(entry: Entry, value: JsonObject, entries: Entry[]): void {
    if (Object.hasOwn(value, entry.key) && this.#duplicates.length < maxDuplicates) {
      const first = entries.find((earlier) => earlier.key === entry.key);
      if (first) this.#duplicates.push({ key: entry.key, at: entry.keyNode, first: first.keyNode });
    }
    value[entry.key] = entry.node.value;
    entries.push(entry);
  }

  /**
   * `goyaml.v2` merges where the `<<` stands, so keys above it are overwritten, and of a list the first mapping wins.
   * Where own keys hold, what is there already stays.
   */
  #merge(node: Node, offset: number, value: JsonObject, entries: Entry[]): void {
    const { ownKeysHold } = this.#dialect;
    const sources = node.entries === undefined ? (node.items ?? [node]) : [node];
    for (const source of ownKeysHold ? sources : [...sources].reverse()) {
      if (source.entries === undefined) {
        throw new YamlError("invalid-merge", "`<<` merges mappings only", {
          offset,
          fix: "refer to a mapping, or to a list of mappings",
        });
      }
      for (const entry of source.entries) {
        if (!ownKeysHold || !Object.hasOwn(value, entry.key)) this.#set(entry, value, entries);
      }
    }
  }

  #atMergeKey(): boolean {
    const event = this.#events[this.#next];
    if (event?.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart !== 2) return false;
    if (this.#text.slice(event.valueStart, event.valueEnd) !== "<<") return false;
    if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN;
    return coreTag(this.#text.slice(event.tagStart, event.tagEnd)) === "merge";
  }
}

// Two things that js-yaml takes and Kubernetes' reader does not.
const colonInFlow = new YamlError("yaml-syntax", "a value between brackets cannot begin with `:`", {
  fix: "quote the value",
});
const mappingOnKeyLine = new YamlError("yaml-syntax", "a mapping cannot begin on the line of its key", {
  fix: "begin it on a line of its own",
});

function isBlockMapping(event: Event | undefined): boolean {
  return event?.type === EVENT_ID.MAPPING && event.style === COLLECTION_STYLE.BLOCK;
}

/** Adds the place to the complaint of a reader that does not know it. */
function placed(error: unknown, offset: number): unknown {
  if (!(error instanceof YamlError)) return error;
  return new YamlError(error.code, error.message, { fix: error.fix, offset: Math.max(offset, 0) });
}

/** `!!int` and its long form as `int`; any other tag, which Kubernetes ignores, as `other`. */
function coreTag(tag: string): string {
  return /^(?:!!|!<tag:yaml\.org,2002:)(\w+)>?$/.exec(tag)?.[1] ?? "other";
}
