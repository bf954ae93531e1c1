import type { Annotation } from "../../github/checks.ts";
import type { CheckView, CommentView, LineComment, PullRequestView } from "../view.ts";
import { markdownLines } from "./markdown.ts";
import { type Paint, painter, type Style, visible, wrapped } from "./text.ts";

export interface Terminal {
  /** Columns. */
  readonly width: number;
  readonly colours: boolean;
}

/** Lines of each comment. */
const shownLines = 2;

const conclusions: Readonly<Record<string, { mark: string; word: string; style: Style }>> = {
  success: { mark: "✓", word: "Success", style: "green" },
  failure: { mark: "✗", word: "Failure", style: "red" },
  action_required: { mark: "!", word: "Action required", style: "yellow" },
};

const levels: Readonly<Record<Annotation["annotation_level"], { mark: string; style: Style }>> = {
  failure: { mark: "✗", style: "red" },
  warning: { mark: "!", style: "yellow" },
  notice: { mark: "·", style: "dim" },
};

/** The finished check of a pull request, with its annotations and comments, as text for a terminal. */
export function terminalReport(view: PullRequestView, { width, colours }: Terminal): string {
  const paint = painter(colours);
  const room = Math.min(width, 100);
  return `${[
    ...heading(view, paint),
    "",
    ...(view.check === null ? [paint("No check was published", "red")] : checkLines(view.check, room, paint)),
    ...section(
      "Annotations",
      view.check?.annotations ?? [],
      (annotation) => annotationLines(annotation, room, paint),
      paint,
    ),
    ...section("On the diff", view.lineComments, (comment) => lineCommentLines(comment, room, paint), paint),
    ...section("Conversation", view.conversation, (comment) => commentLines(comment, room, paint), paint),
  ].join("\n")}\n`;
}

function heading(
  { repository, number, title, base, head, author, commits, files }: PullRequestView,
  paint: Paint,
) {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return [
    `${paint(visible(`${repository} #${number}`), "dim")}  ${paint(visible(title), "bold")}`,
    paint(
      visible(
        `${base} ← ${head}, ${counted(commits, "commit")} by ${author}, ${counted(files.length, "file")}`,
      ),
      "dim",
    ),
  ];
}

function checkLines({ name, conclusion, output }: CheckView, width: number, paint: Paint): string[] {
  const look = conclusions[conclusion ?? ""] ?? {
    mark: "·",
    word: conclusion ?? "not finished",
    style: "dim" as const,
  };
  const verdict = [
    { text: `${look.mark} ${name}: ${look.word}.`, style: look.style },
    { text: ` ${output.title ?? ""}`, style: "bold" as const },
  ];
  return [
    ...wrapped(verdict, width, "", paint),
    ...(output.summary ? ["", ...markdownLines(output.summary, width, "", paint)] : []),
  ];
}

function section<Item>(
  name: string,
  items: readonly Item[],
  show: (item: Item) => string[],
  paint: Paint,
): string[] {
  return items.length === 0 ? [] : ["", paint(name, "bold"), ...items.flatMap(show)];
}

function annotationLines(
  { path, start_line, annotation_level, title, message }: Annotation,
  width: number,
  paint: Paint,
) {
  const { mark, style } = levels[annotation_level];
  const place = paint(visible(`${path}:${start_line}`), "cyan");
  return [
    `${paint(mark, style)} ${place}  ${visible(title ?? "")}`,
    ...wrapped([{ text: message }], width, "    ", paint),
  ];
}

function lineCommentLines({ author, path, line, body }: LineComment, width: number, paint: Paint): string[] {
  return [
    `• ${paint(visible(`${path}:${line}`), "cyan")}  ${visible(author)}`,
    ...beginning(body, width, paint),
  ];
}

function commentLines({ author, did, body }: CommentView, width: number, paint: Paint): string[] {
  return [`• ${visible(author)} ${did}`, ...beginning(body, width, paint)];
}

/** The first lines of a comment: the page has the rest. */
function beginning(body: string, width: number, paint: Paint): string[] {
  const lines = markdownLines(body, width, "    ", paint).filter((line) => line !== "");
  return lines.length > shownLines ? [...lines.slice(0, shownLines), `    ${paint("…", "dim")}`] : lines;
}
