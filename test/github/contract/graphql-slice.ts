import {
  type DefinitionNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeNode,
  visit,
} from "graphql";

/** Entry points that are kept; of all other types named here, every field whose type is kept as well. */
const entryPoints: Readonly<Record<string, readonly string[]>> = {
  Query: ["node", "nodes", "organization", "rateLimit", "repository"],
  Mutation: ["addComment", "addReaction", "minimizeComment", "resolveReviewThread", "unminimizeComment"],
};

const keptTypes = new Set(
  [
    ...Object.keys(entryPoints),
    "Actor AddCommentPayload AddReactionPayload Blob Bot CheckConclusionState CheckRun CheckSuite Commit Comment",
    "CommitConnection CommitEdge CommitHistoryConnection CommitHistoryEdge GitActor GitObject IssueComment IssueCommentConnection IssueCommentEdge MergeQueue",
    "MergeQueueEntry MergeQueueEntryConnection MergeQueueEntryEdge Minimizable MinimizeCommentPayload Node Organization",
    "PageInfo PullRequest PullRequestChangedFile PullRequestChangedFileConnection PullRequestCommit",
    "PullRequestCommitConnection PullRequestConnection PullRequestEdge PullRequestReview PullRequestReviewComment",
    "PullRequestReviewCommentConnection PullRequestReviewCommentEdge PullRequestReviewConnection PullRequestReviewEdge",
    "PullRequestReviewThread PullRequestReviewThreadConnection PullRequestReviewThreadEdge RateLimit Reactable Reaction",
    "ReactionConnection ReactionEdge Ref RefConnection RefEdge Repository RepositoryOwner ResolveReviewThreadPayload Tag",
    "Team Tree TreeEntry UnminimizeCommentPayload User",
  ].flatMap((names) => names.split(" ")),
);

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
const isComposite = (node: DefinitionNode): node is Composite =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;

/** The part of GitHub's GraphQL schema that is near what a check app asks, so that a misspelt field is refused. */
export function sliceGraphql(schema: string, source: string): string {
  const definitions = new Map(
    parse(schema, { noLocation: true }).definitions.flatMap((node) =>
      "name" in node && node.name !== undefined ? [[node.name.value, node] as const] : [],
    ),
  );
  const slice = new Map<string, DefinitionNode>();
  const keep = (name: string): void => {
    const node = definitions.get(name);
    if (node === undefined || slice.has(name)) return;
    const kept = isComposite(node) ? narrowed(node, definitions) : node;
    slice.set(name, kept);
    visit(kept, { NamedType: (type: NamedTypeNode) => keep(type.name.value) });
  };
  for (const name of keptTypes) keep(name);
  const sorted = [...slice].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => plain(node));
  return `# From ${source}, by extract.ts\n\n${sorted.map((node) => print(node)).join("\n\n")}\n`;
}

/** A type without the fields, arguments and interfaces that lead out of the slice. */
function narrowed(node: Composite, definitions: ReadonlyMap<string, DefinitionNode>): Composite {
  const leadsOut = (type: TypeNode) => {
    const definition = definitions.get(namedType(type));
    const composite =
      definition !== undefined && (isComposite(definition) || definition.kind === Kind.UNION_TYPE_DEFINITION);
    return composite && !keptTypes.has(namedType(type));
  };
  const entries = entryPoints[node.name.value];
  const fields = (node.fields ?? []).filter(
    (field: FieldDefinitionNode) =>
      !leadsOut(field.type) && (entries === undefined || entries.includes(field.name.value)),
  );
  const interfaces = (node.interfaces ?? []).filter(({ name }) => keptTypes.has(name.value));
  return { ...node, fields, interfaces };
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** Without descriptions and directives, which only GitHub's documentation reads. */
function plain(node: DefinitionNode): DefinitionNode {
  return visit(node, {
    enter: (inner) => ("description" in inner ? { ...inner, description: undefined } : undefined),
    Directive: () => null,
  }) as DefinitionNode;
}
