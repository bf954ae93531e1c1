/** What a handler answers. Exactly one of `json` and `bytes`, or neither for an empty body. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly bytes?: Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in GitHub's words. Thrown by whoever finds the reason. */
export class Refusal extends Error {
  readonly status: number;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.extra = extra;
    this.headers = headers;
  }
}

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const created = (json: unknown): Answer => ({ status: 201, json });
export const accepted: Answer = { status: 202, json: {} };
export const noContent: Answer = { status: 204 };

export const notFound = () => new Refusal(404, "Not Found");

/** 422 with one entry in `errors`, as GitHub reports a field it will not take. */
export function validationFailed(resource: string, field: string, message: string): Refusal {
  return new Refusal(422, "Validation Failed", {
    errors: [{ resource, field, code: "custom", message }],
  });
}
