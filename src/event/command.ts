import { durationOf } from "../policy/approvals/schema.ts";

/** What a comment asks for. */
export type Command =
  | ApproveCommand
  | { readonly kind: "revoke"; readonly fingerprints: readonly string[] | null }
  | { readonly kind: "recheck" }
  | { readonly kind: "explain"; readonly rule: string }
  | { readonly kind: "simulate"; readonly route: string; readonly shares: readonly number[] }
  | { readonly kind: "help" }
  /** Meant for Sluice, and not understood. */
  | { readonly kind: "malformed"; readonly problem: string };

export interface ApproveCommand {
  readonly kind: "approve";
  readonly scope: { readonly family: "weight" | "timeout" } | { readonly rule: string };
  /** Null: bare, or `all`. */
  readonly fingerprints: readonly string[] | null;
  /** Percentage points. */
  readonly ceiling: number | null;
  /** Milliseconds. */
  readonly lasts: number | null;
  readonly breakGlass: boolean;
  readonly reason: string;
}

/** Whoever writes more than this writes no command. */
const longestLine = 1_000;
const names = ["approve-weight", "approve-timeout", "approve", "revoke", "recheck", "explain", "simulate"];

/**
 * The command in a comment: the first line of its own that is one, outside quotes, code and hidden comments. Null when
 * there is none; lines that are other bots' commands are none.
 */
export function commandIn(body: string): Command | null {
  for (const line of visibleLines(body)) {
    const command = commandOf(line);
    if (command !== null) return command;
  }
  return null;
}

function commandOf(line: string): Command | null {
  const [, name = "", rest = ""] = /^ {0,3}\/([a-z][\w-]*)(?:[ \t]+(.*?))?[ \t]*$/i.exec(line) ?? [];
  const words = rest.split(/[ \t]+/).filter(Boolean);
  if (name === "") return null;
  if (line.length > longestLine) return malformed("the line is too long");
  switch (name.toLowerCase()) {
    case "approve-weight":
      return approve({ family: "weight" }, words);
    case "approve-timeout":
      return approve({ family: "timeout" }, words);
    case "approve":
      return words[0] === undefined
        ? malformed("`/approve` needs the name of a rule")
        : approve({ rule: words[0] }, words.slice(1));
    case "revoke":
      return revoke(words);
    case "recheck":
      return { kind: "recheck" };
    case "explain":
      return words[0] === undefined
        ? malformed("`/explain` needs the name of a rule")
        : { kind: "explain", rule: words[0] };
    case "simulate":
      return simulate(words);
    case "sluice":
      return words[0]?.toLowerCase() === "help"
        ? { kind: "help" }
        : malformed("the only command below `/sluice` is `help`");
    default:
      return isNearMiss(name.toLowerCase()) ? malformed("there is no such command") : null;
  }
}

function approve(scope: ApproveCommand["scope"], words: readonly string[]): Command {
  const fingerprints: string[] = [];
  let all = false;
  let ceiling: number | null = null;
  let lasts: number | null = null;
  let breakGlass = false;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    const [, option, value = ""] = /^(max|for)=(.*)$/i.exec(word) ?? [];
    if (isFingerprint(word)) fingerprints.push(word.toLowerCase());
    else if (isShortened(word)) return malformed("a fingerprint has 16 hexadecimal digits");
    else if (word.toLowerCase() === "all") all = true;
    else if (word.toLowerCase() === "break-glass") breakGlass = true;
    else if (option?.toLowerCase() === "max") {
      ceiling = /^\d{1,3}(\.\d+)?%?$/.test(value) ? Number.parseFloat(value) : Number.NaN;
      if (!(ceiling <= 100)) return malformed("`max=` takes percentage points, as in `max=40`");
    } else if (option !== undefined) {
      lasts = durationOf(value);
      if (lasts === null) return malformed("`for=` takes a duration, as in `for=4h`");
    } else break;
  }
  if (all && fingerprints.length > 0) return malformed("name fingerprints or `all`, not both");
  return {
    kind: "approve",
    scope,
    fingerprints: fingerprints.length > 0 ? fingerprints : null,
    ceiling,
    lasts,
    breakGlass,
    reason: words.slice(at).join(" "),
  };
}

function revoke(words: readonly string[]): Command {
  const named = words.filter((word) => isFingerprint(word)).map((word) => word.toLowerCase());
  if (words.some(isShortened)) return malformed("a fingerprint has 16 hexadecimal digits");
  return { kind: "revoke", fingerprints: named.length > 0 ? named : null };
}

function simulate([route, split]: readonly string[]): Command {
  const shares = (split ?? "").split("/").map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  return route === undefined || shares.length < 2 || shares.length > 10 || shares.some(Number.isNaN)
    ? malformed("`/simulate` needs a route and its shares, as in `/simulate prod/reviews 90/10`")
    : { kind: "simulate", route, shares };
}

const isFingerprint = (word: string) => /^[0-9a-f]{16}$/i.test(word);
/** Short fingerprints could be forged by trial; a word that can only be one is not taken for a reason. */
const isShortened = (word: string) =>
  /^[0-9a-f]{6,40}$/i.test(word) && /\d/.test(word) && /[a-f]/i.test(word) && !isFingerprint(word);

const malformed = (problem: string): Command => ({ kind: "malformed", problem });

/** Letters were swapped or forgotten: silence would leave somebody waiting for an answer. */
function isNearMiss(name: string): boolean {
  return name.startsWith("approve-") || names.some((known) => known.length > 5 && distance(name, known) <= 2);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + same));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The lines that a reader sees as the writer's own words: no quotes and what continues them, no code, nothing hidden. */
function* visibleLines(body: string): Generator<string> {
  let fence: string | null = null;
  let hidden = false;
  let quoted = false;
  let tagged: string | null = null;
  for (const line of body.split(/\r\n?|\n/)) {
    if (fence !== null) {
      const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
      if (closing?.startsWith(fence)) fence = null;
      continue;
    }
    const wasHidden: boolean = hidden;
    if (hidden ? line.includes("-->") : line.includes("<!--")) {
      hidden = line.lastIndexOf("<!--") > line.lastIndexOf("-->");
      continue;
    }
    if (wasHidden) continue;
    if (tagged !== null) {
      if (line.toLowerCase().includes(`</${tagged}>`)) tagged = null;
      continue;
    }
    const opened = /^ {0,3}<(pre|code|script|style|textarea)\b/i.exec(line)?.[1]?.toLowerCase();
    if (opened !== undefined) {
      if (!line.toLowerCase().includes(`</${opened}>`)) tagged = opened;
      continue;
    }
    const opening = /^ {0,3}(`{3,}|~{3,})(?!.*`)/.exec(line)?.[1];
    if (opening !== undefined) {
      fence = opening;
      quoted = false;
      continue;
    }
    if (line.trim() === "") quoted = false;
    else if (/^ {0,3}>/.test(line)) quoted = true;
    if (!quoted && !/^( {4}| {0,3}\t)/.test(line)) yield line;
  }
}
