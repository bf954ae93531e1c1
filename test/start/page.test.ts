import fc from "fast-check";
import { expect, test } from "vitest";
import { exampleView } from "./example-view.ts";
import { markdown } from "./page/markdown.ts";
import { pullRequestPage } from "./page/pull-request.ts";
import type { PullRequestView } from "./view.ts";

const text = (page: string) => page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
/** The page's elements in order, without texts and attributes. */
const elements = (page: string) => [...page.matchAll(/<\/?[a-z][a-z0-9]*/gi)].map(([tag]) => tag);
const check = exampleView.check!;

test("the page tells who wants what, the verdict, and what happens to traffic", () => {
  const page = text(pullRequestPage(exampleView));
  expect(page).toContain("Give the canary most of the traffic #1");
  expect(page).toContain("alice wants to merge 1 commit into main from canary-60");
  expect(page).toContain("Action required");
  expect(page).toContain("50 points of every request move in one step; at most 20 points at once");
  expect(page).toContain("stable 90 %, canary 10 %");
});

test("an annotation stands under its line, and the list of annotations leads there", () => {
  const page = pullRequestPage(exampleView);
  const line = page.indexOf('id="file-1-RIGHT-10"');
  expect(line).toBeGreaterThan(0);
  expect(page.slice(line, line + 600)).toContain("Every workload in shop may reach every service");
  expect(page).toContain('href="#file-1-RIGHT-10"');
});

test("a review comment stands under its line, with its suggestion", () => {
  const page = pullRequestPage(exampleView);
  const line = page.slice(page.indexOf('id="file-0-RIGHT-36"'));
  expect(text(line.slice(0, line.indexOf('id="file-0-RIGHT-37"')))).toContain("weight: 70");
});

test("an annotation on a line that the diff does not show is not lost", () => {
  const annotations = [{ ...check.annotations[0]!, start_line: 3, end_line: 3, message: "far away" }];
  const page = text(pullRequestPage({ ...exampleView, check: { ...check, annotations } }));
  expect(page).toContain("On line 3, which the diff does not show");
  expect(page).toContain("far away");
});

test("annotations of an earlier commit do not stand on the lines of a later one", () => {
  const page = text(pullRequestPage({ ...exampleView, headSha: "f".repeat(40) }));
  expect(page).toContain("This verdict is for an earlier commit");
  expect(page).not.toContain("Warning by the check");
});

test.each([
  ["no check yet", null, "Waiting"],
  ["a check at work", { ...check, status: "in_progress" as const, conclusion: null }, "In progress"],
  ["a check asked for again", { ...check, status: "queued" as const, conclusion: null }, "Queued"],
])("with %s the page says so, and asks again where no script runs", (_name, present, word) => {
  const page = pullRequestPage({ ...exampleView, check: present });
  expect(text(page)).toContain(word);
  expect(page).toContain('<noscript><meta http-equiv="refresh"');
});

test("a finished check leaves the page in peace", () => {
  expect(pullRequestPage(exampleView)).not.toContain('http-equiv="refresh"');
});

/** Where a stranger's words are shown as they are. */
const places: readonly [string, (words: string) => PullRequestView][] = [
  ["title", (title) => ({ ...exampleView, title })],
  ["author", (author) => ({ ...exampleView, author })],
  ["branch", (head) => ({ ...exampleView, head })],
  ["check title", (title) => ({ ...exampleView, check: { ...check, output: { ...check.output, title } } })],
  [
    "annotation",
    (words) => ({
      ...exampleView,
      check: { ...check, annotations: [{ ...check.annotations[0]!, title: words, message: words }] },
    }),
  ],
  [
    "path",
    (path) => ({ ...exampleView, check: null, files: [{ ...exampleView.files[0]!, path, patch: null }] }),
  ],
  [
    "line of the diff",
    (words) => ({
      ...exampleView,
      check: null,
      lineComments: [],
      files: [{ ...exampleView.files[0]!, patch: `@@ -1 +1 @@\n+${words.replaceAll("\n", " ")}` }],
    }),
  ],
  ["action", (words) => ({ ...exampleView, actions: [{ id: "push", label: words, explanation: words }] })],
  [
    "delivery",
    (event) => ({ ...exampleView, deliveries: [{ ...exampleView.deliveries[0]!, event, status: event }] }),
  ],
];

test.each(places)("no words as %s can add an element to the page", (_name, view) => {
  const plain = elements(pullRequestPage(view("words")));
  const words = fc.oneof(
    fc.constantFrom(
      "</section><script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "'/><!--",
      "&lt;b&gt;<b>",
    ),
    fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((string) => string.trim() !== "" && !string.endsWith("[bot]")),
  );
  fc.assert(
    fc.property(words, (hostile) => {
      expect(elements(pullRequestPage(view(hostile)))).toEqual(plain);
    }),
  );
});

const fragments = fc.constantFrom(
  "<",
  ">",
  "</",
  "<script>",
  "</script>",
  "<details>",
  "</details>",
  "<summary>",
  "</summary>",
  "<br>",
  "<!--",
  "-->",
  "<img src=x onerror=x>",
  "<a href=javascript:x>",
  "<div>",
  "</div>",
  "[x](javascript:y)",
  "[x](https://e)",
  "![x](y)",
  "`",
  "```",
  "\n",
  "\n\n",
  "|",
  "|-|-|",
  "- ",
  "> ",
  "# ",
  "**",
  "\\",
  "&lt;",
  "&#60;",
  "&",
  '"',
  "'",
  "x",
  " ",
);
const shown =
  /^<(?:\/?(?:p|strong|em|del|code|pre|ul|ol|li|blockquote|h[3-6]|table|thead|tbody|tr|details|summary|div)|br|hr|th scope="col"|\/th|td data-column="[^"<>]*"|\/td|a href="(?:https:\/\/|mailto:)[^"<>]*" rel="nofollow noreferrer"|\/a|ol start="\d+"|pre class="suggestion"|input [a-z="\s]*)>$/;

test("whatever a comment says, its Markdown becomes harmless elements alone", () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 30 }), (parts) => {
      const { markup } = markdown(parts.join(""));
      for (const [tag] of markup.matchAll(/<[^>]*>/g)) expect(tag).toMatch(shown);
      expect(markup.split("<details>").length).toBe(markup.split("</details>").length);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["a script's address", "[x](javascript:alert(1))", "<p>x</p>"],
  ["an address without a scheme of its own", "[x](//evil.example)", "<p>x</p>"],
  ["a picture", "![a canary](https://evil.example/x.png)", "<p>a canary</p>"],
  ["raw HTML", '<b onclick="x">bold</b>', "<p>&lt;b onclick=&quot;x&quot;&gt;bold&lt;/b&gt;</p>"],
  ["a comment", "<!-- sluice:report v1 -->", ""],
  ["an end too many", "</details>", "&lt;/details&gt;"],
  ["a turn of the writing direction", "a\u202eb", "<p>a⟨U+202e⟩b</p>"],
])("%s is defused", (_name, source, expected) => {
  expect(markdown(source).markup.trim()).toBe(expected);
});
