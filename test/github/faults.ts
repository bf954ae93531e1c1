import { Refusal } from "./http/answer.ts";

/** Which requests a fault concerns. Left out = any. */
export interface RequestPattern {
  readonly method?: string;
  /** The path without the Enterprise prefix; a star stands for any text. GraphQL is `/graphql`. */
  readonly path?: string;
  /** Text the body must contain: the field a GraphQL query asks for, the name of a check. */
  readonly body?: string;
}

export type Fault =
  /** GitHub answers with this status and does nothing. */
  | { readonly kind: "status"; readonly status: number }
  /** The connection breaks before GitHub has read the request. */
  | { readonly kind: "reset" }
  /** GitHub does what was asked; the connection breaks before the answer. */
  | { readonly kind: "answer-lost" }
  /** The hourly budget is used up. */
  | { readonly kind: "rate-limit"; readonly resetsInSeconds: number }
  /** GitHub asks to slow down. */
  | { readonly kind: "secondary-limit"; readonly retryAfterSeconds: number; readonly status?: 403 | 429 }
  /** The request waits until the promise settles. */
  | { readonly kind: "hold"; readonly until: Promise<unknown> }
  /** Something happens at the moment the request arrives: a push, a retarget, a comment. */
  | { readonly kind: "meanwhile"; readonly happens: () => unknown }
  /** GraphQL answers, but says of this field (`repository.pullRequest`) that something went wrong. */
  | {
      readonly kind: "graphql-error";
      readonly field: string;
      readonly type: string;
      readonly message: string;
    };

interface Planned {
  readonly pattern: RequestPattern;
  readonly fault: Fault;
  left: number;
}

export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What shall go wrong, and when. Each fault is used up by the requests it hits. */
export class Faults {
  readonly #planned: Planned[] = [];
  #requestsUntilLimit = Number.POSITIVE_INFINITY;
  #limitResetsInSeconds = 0;

  /** Plans a fault for the next `times` requests that match. */
  plan(fault: Fault, pattern: RequestPattern = {}, times = 1): void {
    this.#planned.push({ pattern, fault, left: times });
  }

  /** From the request after the next `requests` on, every one is refused until `resetsInSeconds` have passed on the world's clock. */
  limitAfter(requests: number, resetsInSeconds: number): void {
    this.#requestsUntilLimit = requests;
    this.#limitResetsInSeconds = resetsInSeconds;
  }

  /** Takes what is planned for this request; what hits it is used up. */
  take(request: IncomingRequest): Fault[] {
    const hits = this.#planned.filter(({ pattern, left }) => left > 0 && matches(pattern, request));
    for (const hit of hits) hit.left -= 1;
    this.#requestsUntilLimit -= 1;
    if (this.#requestsUntilLimit >= 0) return hits.map(({ fault }) => fault);
    return [{ kind: "rate-limit", resetsInSeconds: this.#limitResetsInSeconds }];
  }

  /** Faults that are planned and were not met by any request: a story that ends with some did not happen as told. */
  get unused(): number {
    return this.#planned.reduce((sum, { left }) => sum + left, 0);
  }

  clear(): void {
    this.#planned.length = 0;
    this.#requestsUntilLimit = Number.POSITIVE_INFINITY;
  }
}

function matches(pattern: RequestPattern, request: IncomingRequest): boolean {
  const method = pattern.method === undefined || pattern.method === request.method;
  const path = pattern.path === undefined || globbed(pattern.path).test(request.path);
  return method && path && (pattern.body === undefined || request.body.includes(pattern.body));
}

function globbed(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
}

/** The refusal that a limit is; `now` in milliseconds since 1970. GraphQL says so with status 200 (rate-limits-for-the-graphql-api). */
export function limitRefusal(fault: Fault, now: number): Refusal | null {
  if (fault.kind === "status") return new Refusal(fault.status, "Server Error");
  if (fault.kind === "rate-limit") {
    return new Refusal(
      403,
      "API rate limit exceeded for installation.",
      {},
      {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.floor(now / 1000) + fault.resetsInSeconds),
      },
    );
  }
  if (fault.kind === "secondary-limit") {
    const message =
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    return new Refusal(fault.status ?? 403, message, {}, { "retry-after": String(fault.retryAfterSeconds) });
  }
  return null;
}
