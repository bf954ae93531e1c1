import type { Budget } from "./budget.ts";
import { foldCase, foldingWork } from "./case-folding.ts";
import { type CodePoints, complement, everyCodePoint } from "./code-points.ts";
import { bracketClass, escapedCharacter, escapedClass } from "./regex-class.ts";
import { type Flags, RegexCursor } from "./regex-cursor.ts";
import { type Assertion, type Regex, RegexSyntaxError, sequence } from "./regex-syntax.ts";

/** Istio refuses longer expressions (pkg/config/validation `validateStringMatchRegexp`). */
const longestRegex = 1024;
/** RE2's own limit on a repeat count. */
const mostRepeats = 1000;

const assertions: Readonly<Record<string, Assertion>> = {
  A: "text-start",
  z: "text-end",
  b: "word-boundary",
  B: "inside-word",
};

/** Reads an RE2 expression; throws `RegexSyntaxError` where RE2 or Istio would refuse it. */
export function parseRegex(text: string, budget: Budget): Regex {
  if (text.length > longestRegex) throw new RegexSyntaxError(`longer than ${longestRegex} characters`);
  return new RegexParser(text, budget).parse();
}

class RegexParser {
  private readonly cursor: RegexCursor;
  private readonly budget: Budget;
  private readonly captureNames = new Set<string>();
  private flags: Flags = { ignoreCase: false, multiLine: false, dotMatchesNewline: false };

  constructor(text: string, budget: Budget) {
    this.cursor = new RegexCursor(text);
    this.budget = budget;
  }

  parse(): Regex {
    const regex = this.choice();
    if (!this.cursor.done) throw new RegexSyntaxError("unexpected )");
    return regex;
  }

  private choice(): Regex {
    const options = [this.concatenation()];
    while (this.cursor.skip("|")) options.push(this.concatenation());
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  private concatenation(): Regex {
    const { cursor } = this;
    const parts: Regex[] = [];
    while (!cursor.done && !cursor.at("|") && !cursor.at(")")) {
      const count = this.repeatCount();
      if (count !== null) {
        parts.push(this.repeat(parts.pop(), count));
      } else if (cursor.skip("\\Q")) {
        while (!cursor.done && !cursor.skip("\\E")) parts.push(this.literal(cursor.take()));
      } else {
        const atom = this.atom();
        if (atom !== null) parts.push(atom);
      }
    }
    return sequence(parts);
  }

  private repeat(body: Regex | undefined, [least, most]: readonly [number, number]): Regex {
    if (body === undefined) throw new RegexSyntaxError("missing argument to repetition operator");
    this.cursor.skip("?");
    if (this.repeatCount() !== null) throw new RegexSyntaxError("invalid nested repetition operator");
    return { kind: "repeat", body, least, most };
  }

  private literal(code: number): Regex {
    return this.oneOf(this.fold([code, code]));
  }

  private oneOf(set: CodePoints): Regex {
    this.budget.spend(set.length);
    return { kind: "one-of", set };
  }

  private readonly fold = (set: CodePoints): CodePoints => {
    if (!this.flags.ignoreCase) return set;
    if (set.at(-1)! >= 0x80) this.budget.spend(foldingWork);
    return foldCase(set);
  };

  private repeatCount(): readonly [number, number] | null {
    const { cursor } = this;
    if (cursor.skip("*")) return [0, Number.POSITIVE_INFINITY];
    if (cursor.skip("+")) return [1, Number.POSITIVE_INFINITY];
    if (cursor.skip("?")) return [0, 1];
    return cursor.at("{") ? this.countInBraces() : null;
  }

  /** `{2}`, `{2,}`, `{2,5}`; any other brace is an ordinary character. */
  private countInBraces(): readonly [number, number] | null {
    const { cursor } = this;
    const start = cursor.position;
    cursor.position++;
    const least = this.digits();
    const most = cursor.skip(",") ? this.digits() : least;
    if (least === "" || !cursor.skip("}")) {
      cursor.position = start;
      return null;
    }
    const [low, high] = [Number(least), most === "" ? Number.POSITIVE_INFINITY : Number(most)];
    if (low > mostRepeats || high < low || (most !== "" && high > mostRepeats)) {
      throw new RegexSyntaxError("invalid repeat count");
    }
    return [low, high];
  }

  private digits(): string {
    let digits = "";
    while (/^[0-9]$/.test(this.cursor.peek())) digits += String.fromCodePoint(this.cursor.take());
    return digits;
  }

  /** One item of a concatenation; null for `(?i)`, which only switches flags. */
  private atom(): Regex | null {
    const { cursor, flags } = this;
    if (cursor.at("\\")) return this.escape();
    const code = cursor.take();
    switch (String.fromCodePoint(code)) {
      case "(":
        return cursor.skip("?") ? this.specialGroup() : this.group(flags);
      case "[":
        return this.oneOf(bracketClass(cursor, this.fold));
      case ".":
        return this.oneOf(flags.dotMatchesNewline ? everyCodePoint : complement([10, 10]));
      case "^":
        return { kind: "assertion", at: flags.multiLine ? "line-start" : "text-start" };
      case "$":
        return { kind: "assertion", at: flags.multiLine ? "line-end" : "text-end" };
      default:
        return this.literal(code);
    }
  }

  private escape(): Regex {
    const assertion = assertions[this.cursor.peek(1)];
    if (assertion !== undefined) {
      this.cursor.position += 2;
      return { kind: "assertion", at: assertion };
    }
    const set = escapedClass(this.cursor, this.fold);
    return set === null ? this.literal(escapedCharacter(this.cursor)) : this.oneOf(set);
  }

  /** A group after its `(`; flags set inside end with it. */
  private group(inside: Flags): Regex {
    const outside = this.flags;
    this.flags = { ...inside };
    const regex = this.choice();
    if (!this.cursor.skip(")")) throw new RegexSyntaxError("missing closing )");
    this.flags = outside;
    return regex;
  }

  /** A group after its `(?`: a capture with a name, flags for a group, or flags for the rest of this one. */
  private specialGroup(): Regex | null {
    const { cursor } = this;
    if (cursor.skip("P<") || cursor.skip("<")) return this.namedGroup(cursor.takeUntil(">"));
    const flags = { ...this.flags };
    const end = this.readFlags(flags);
    if (end === ":") return this.group(flags);
    this.flags = flags;
    return null;
  }

  private namedGroup(name: string): Regex {
    if (!/^[\p{L}\p{N}_]+$/u.test(name) || this.captureNames.has(name)) {
      throw new RegexSyntaxError(`invalid or repeated capture name ${name}`);
    }
    this.captureNames.add(name);
    return this.group(this.flags);
  }

  private readFlags(flags: Flags): ":" | ")" {
    let on = true;
    let anySinceMinus = true;
    for (;;) {
      const flag = String.fromCodePoint(this.cursor.take());
      if (flag === "-" && on) {
        on = false;
        anySinceMinus = false;
        continue;
      }
      if ((flag === ":" || flag === ")") && anySinceMinus) return flag;
      if (flag === "i") flags.ignoreCase = on;
      else if (flag === "m") flags.multiLine = on;
      else if (flag === "s") flags.dotMatchesNewline = on;
      else if (flag !== "U") throw new RegexSyntaxError(`unsupported group (?${flag}`);
      anySinceMinus = true;
    }
  }
}
