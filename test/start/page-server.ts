import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { filePage } from "./page/file.ts";
import { pullRequestPage } from "./page/pull-request.ts";
import type { PullRequestView } from "./view.ts";

/** The pull request behind the page, and what can be done to it. */
export interface PullRequestDesk {
  /** `/acme/mesh/pull/1`. */
  readonly path: string;
  view(): Promise<PullRequestView>;
  /** Carries out what a button or form asks for; answers with a complaint when it cannot be done. */
  act(action: string, form: URLSearchParams): Promise<string | null>;
  /** Text of a file at a commit of a repository (`owner/name`), or null. */
  file(repository: string, commit: string, path: string): Promise<string | null>;
  /** Resolves when anything has changed after the moment of the call. */
  changed(): Promise<void>;
}

const folder = join(import.meta.dirname, "page");
const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** Later sheets refine earlier ones. */
const sheets = ["base", "parts", "prose", "check", "diff", "conversation", "narrow"];
const files = [
  {
    path: "/-/style.css",
    type: "text/css",
    content: sheets.map((name) => read(`style/${name}.css`)).join("\n"),
  },
  { path: "/-/live.js", type: "text/javascript", content: read("live.js") },
  { path: "/-/icon.svg", type: "image/svg+xml", content: read("icon.svg") },
];

/** Nothing from elsewhere, nothing inline, nobody's frame. */
const headers = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Serves the page of one pull request, its buttons, and the files its report links to. */
export function pageServer(desk: PullRequestDesk): Hono {
  const app = new Hono();

  app.use(async (context, next) => {
    // Another site's page may not press our buttons, nor read us under a name of its own.
    const { hostname, origin } = new URL(context.req.url);
    const sender = context.req.header("origin");
    if (!["localhost", "127.0.0.1"].includes(hostname) || (sender !== undefined && sender !== origin)) {
      return context.text("Only this machine's own page may ask.", 403);
    }
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  });

  for (const { path, type, content } of files) {
    app.get(path, (context) => context.body(content, 200, { "content-type": `${type}; charset=utf-8` }));
  }

  app.get("/", (context) => context.redirect(desk.path));
  app.get(desk.path, async (context) => context.html(pullRequestPage(await desk.view())));
  app.get(`${desk.path}/events`, (context) =>
    streamSSE(context, async (stream) => {
      while (!stream.aborted) {
        await desk.changed();
        await stream.writeSSE({ event: "changed", data: "" });
      }
    }),
  );
  app.post(`${desk.path}/:action`, async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const complaint = await desk.act(context.req.param("action"), form);
    return complaint === null ? context.redirect(desk.path, 303) : context.text(complaint, 422);
  });
  app.get("/:owner/:name/blob/:commit/:path{.+}", async (context) => {
    const { owner, name, commit, path } = context.req.param();
    const text = await desk.file(`${owner}/${name}`, commit, path);
    return text === null
      ? context.notFound()
      : context.html(filePage(`${owner}/${name}`, commit, path, text));
  });
  return app;
}
