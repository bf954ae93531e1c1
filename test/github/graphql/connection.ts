import { serverLimits } from "../limits.ts";
import { GraphqlRefusal } from "./refusal.ts";

export interface ConnectionArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

interface Identified {
  readonly id: number | string;
}

/** A connection in GitHub's terms: `first` or `last` is required and at most 100, cursors name items by their id. */
export function connection<T extends Identified>(
  name: string,
  items: readonly T[],
  args: ConnectionArguments,
  represent: (item: T) => unknown,
) {
  const { start, end } = rangeOf(name, items, args);
  const shown = items.slice(start, end);
  return {
    totalCount: items.length,
    nodes: () => shown.map(represent),
    edges: () => shown.map((item) => ({ cursor: cursorOf(item), node: represent(item) })),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: shown[0] === undefined ? null : cursorOf(shown[0]),
      endCursor: shown.at(-1) === undefined ? null : cursorOf(shown.at(-1)!),
    },
  };
}

function rangeOf(
  name: string,
  items: readonly Identified[],
  { first, last, after, before }: ConnectionArguments,
): { start: number; end: number } {
  if ((first ?? last) == null) {
    throw new GraphqlRefusal(
      "MISSING_PAGINATION_BOUNDARIES",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  for (const [side, count] of Object.entries({ first, last })) {
    if (count != null && (count < 1 || count > serverLimits.pageSize)) {
      throw new GraphqlRefusal(
        "EXCESSIVE_PAGINATION",
        `Requesting ${count} records on the \`${name}\` connection exceeds the \`${side}\` limit of ${serverLimits.pageSize} records.`,
      );
    }
  }
  const from = after == null ? 0 : positionOf(items, after) + 1;
  const to = before == null ? items.length : positionOf(items, before);
  if (first != null) return { start: from, end: Math.min(to, from + first) };
  return { start: Math.max(from, to - (last ?? 0)), end: to };
}

const cursorOf = ({ id }: Identified) => Buffer.from(`cursor:v2:${id}`).toString("base64");

function positionOf(items: readonly Identified[], cursor: string): number {
  const position = items.findIndex((item) => cursorOf(item) === cursor);
  if (position < 0) {
    throw new GraphqlRefusal(
      "INVALID_CURSOR_ARGUMENTS",
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  }
  return position;
}
