import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { Permission } from "./permission.ts";

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** One operation: a row of the table in `rest/routes.ts`. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** The path as GitHub's OpenAPI description writes it. */
  readonly path: string;
  /** Who calls it: the app with its JWT, or an installation with its token. */
  readonly as: "app" | "installation";
  /** Permissions of which one suffices; none: a token is enough. */
  readonly needs: readonly Permission[];
  readonly handler: Handler;
}

export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parameters that may hold slashes. */
const deep = new Set(["basehead", "ref"]);

/** Finds the row a request belongs to. Paths are matched as they came, so an encoded slash stays in its parameter. */
export class Router {
  readonly #rows: readonly { readonly route: Route; readonly pattern: RegExp }[];

  constructor(routes: readonly Route[]) {
    this.#rows = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  match(method: string, path: string): Match | null {
    for (const { route, pattern } of this.#rows) {
      const found = route.method === method ? pattern.exec(path) : null;
      if (found !== null) return { route, parameters: decoded(found.groups ?? {}) };
    }
    return null;
  }
}

function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.+]/g, "\\$&")
    .replace("/{path}", "(?:/(?<path>.*))?") // the root folder has an empty path, whose slash Octokit leaves out
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${deep.has(name) ? ".+" : "[^/]+"})`);
  return new RegExp(`^${source}$`);
}

function decoded(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value ?? "")]),
  );
}
