/** One page of a GraphQL connection. */
export interface Page<Node> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Node[];
}

/** A paged list, as far as it was read. */
export class Listing<Node> {
  readonly nodes: Node[] = [];
  cursor: string | null = null;
  more = true;

  add(page: Page<Node> | undefined): void {
    this.nodes.push(...(page?.nodes ?? []));
    this.more = page?.pageInfo.hasNextPage ?? false;
    this.cursor = page?.pageInfo.endCursor ?? null;
  }
}
