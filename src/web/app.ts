import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Bindings } from "../durable/bindings.ts";
import { showHealth } from "./health.ts";
import { receiveWebhook } from "./webhook.ts";

/** Everything the Worker answers over HTTP. */
export const app = new Hono<{ Bindings: Bindings }>();

app.use(
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: "no-referrer",
    strictTransportSecurity: "max-age=31536000",
    xFrameOptions: "DENY",
  }),
);
app.use(async (context, next) => {
  await next();
  context.header("cache-control", "no-store");
});

app.post("/webhook", receiveWebhook);
app.get("/healthz", showHealth);
app.get("/", (context) =>
  context.html(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sluice</title>
<h1>Sluice</h1>
<p>A GitHub App that says what a pull request does to live Istio traffic. <a href="/healthz">Is it well?</a></p>
</html>`),
);

app.onError((error, context) => {
  console.error(JSON.stringify({ message: "request failed", path: context.req.path, error: error.message }));
  return context.json({ error: "Sluice failed; GitHub may deliver again" }, 500);
});
