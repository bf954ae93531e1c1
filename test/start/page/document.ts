import { type Child, type Html, html } from "./html.ts";

/** A whole page. Style and script are files of their own, so that the page's policy allows nothing inline. */
export function page(title: string, content: Child, head: Child = null): string {
  return `<!doctype html>\n${whole(title, content, head).markup}\n`;
}

function whole(title: string, content: Child, head: Child): Html {
  return html`<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="/-/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/-/style.css">
  ${head}
</head>
<body>
${content}
</body>
</html>`;
}

/** The bar on top of every page: it leads to the pull request. */
export function topBar(repository: string): Html {
  return html`<div class="bar"><p class="crumbs"><img src="/-/icon.svg" alt="" width="20" height="20"> <a href="/">${repository.replace("/", " / ")}</a></p><p class="muted">a local GitHub, all on this machine</p></div>`;
}
