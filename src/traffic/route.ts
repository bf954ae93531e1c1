import type { Mesh } from "../mesh/object.ts";
import type { Destination } from "./change.ts";
import type {
  ActionKind,
  DirectResponse,
  Fault,
  Redirect,
  RetryPolicy,
  Rewrite,
} from "./effective/action.ts";
import type { RouteRequest } from "./effective/proxy/connection.ts";
import { withConsistentHash } from "./effective/proxy/consistent-hash.ts";
import { gatewayAnswer } from "./effective/proxy/gateway-proxy.ts";
import { sidecarAnswer } from "./effective/proxy/sidecar-proxy.ts";
import { percent } from "./fraction.ts";

/** How a request ends: the outcomes of `sluice route`. */
export type Outcome = Exclude<ActionKind, "invalid">;

/** Where a part of the requests goes; the port is null where nothing in Git tells. */
export interface AnswerDestination {
  readonly host: string;
  readonly port: number | null;
  readonly subset: string | null;
}

/** What Istio does with one request: the answer of `sluice route`. */
export interface RouteAnswer {
  readonly outcome: Outcome;
  /** `VirtualService/namespace/name`; for a delegate's route the root. */
  readonly virtualService: string | null;
  /** Position in the `http`, `tls` or `tcp` list of the VirtualService. */
  readonly routeIndex: number | null;
  readonly routeName: string | null;
  /** The delegate that the route stands in, and its position there. */
  readonly delegate: { readonly virtualService: string; readonly routeIndex: number } | null;
  /** Shares in percent; they sum to 100. */
  readonly destinations: readonly (AnswerDestination & { readonly share: number })[];
  readonly timeoutMs: number | null;
  /** Null: none. */
  readonly retries: RetryPolicy | null;
  readonly rewrite: Rewrite | null;
  readonly fault: Fault | null;
  readonly mirrors: readonly (AnswerDestination & { readonly percent: number })[];
  readonly redirect: Redirect | null;
  readonly directResponse: DirectResponse | null;
}

/** Which route of the mesh answers a request, and what it does with it. */
export function answer(mesh: Mesh, request: RouteRequest): RouteAnswer {
  const found = request.proxy.gateway === false ? sidecarAnswer(mesh, request) : gatewayAnswer(mesh, request);
  const { action, by } = withConsistentHash(mesh, request.proxy, found);
  const origin = by?.origin;
  return {
    // An action that Envoy refuses answers nothing.
    outcome: action.kind === "invalid" ? "not-found" : action.kind,
    virtualService: by?.service.object.id ?? null,
    routeIndex: (origin?.delegatedBy ?? origin?.entry)?.index ?? null,
    routeName: origin?.name ?? null,
    delegate: origin?.delegatedBy
      ? { virtualService: origin.entry.object.id, routeIndex: origin.entry.index }
      : null,
    destinations: action.legs.map(({ destination, share }) => ({
      ...place(destination),
      share: percent(share),
    })),
    timeoutMs: action.timeoutMs,
    retries: action.retries,
    rewrite: action.rewrite,
    fault: action.fault,
    mirrors: action.mirrors.map((mirror) => ({ ...place(mirror.destination), percent: mirror.percent })),
    redirect: action.redirect,
    directResponse: action.directResponse,
  };
}

const place = ({ host, port, subset }: Destination): AnswerDestination => ({ host, port, subset });
