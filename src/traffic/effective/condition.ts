/** A test of one string, as Envoy makes it: RE2 matches in full; `suffix` is the rest of a `*.example.com`. */
export type StringTest =
  | { readonly kind: "exact" | "prefix" | "suffix" | "regex" | "subnet"; readonly value: string }
  | { readonly kind: "present" };

/** What of a request or a connection is looked at. `claim` is a JWT claim, known at gateways alone. */
export type RequestPart =
  | "path"
  | "method"
  | "authority"
  | "scheme"
  | "header"
  | "query"
  | "claim"
  | "sni"
  | "address";

/** One condition of a route; all conditions of a route must hold. */
export interface RequestCondition {
  readonly part: RequestPart;
  /** Header (lower case), query parameter or claim; empty for the other parts. */
  readonly name: string;
  readonly test: StringTest;
  /** `ignoreUriCase`: ASCII case does not count. Never set on a regex, where Envoy ignores it. */
  readonly ignoreCase: boolean;
  /**
   * From `withoutHeaders`. An absent header then counts as the empty string, except under `present`,
   * which turns into "absent" (route.go `TreatMissingHeaderAsEmpty`).
   */
  readonly negated: boolean;
}
