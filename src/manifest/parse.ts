import { EVENT_ID, type Event, parseEvents, YAMLException } from "js-yaml";
import { withFlowsOnOneLine } from "./loose-flow.ts";
import { withQuotesOnOneLine } from "./loose-quotes.ts";
import { YamlError } from "./yaml-error.ts";

/** Line breaks of YAML 1.1 that YAML 1.2 and editors take for text: what follows one could hide in a comment. */
const oddLineBreak = /[\u0085\u2028\u2029]/;

/** The YAML reader's events for `text`. Throws {@link YamlError} where it is not YAML, or nests deeper than `maxDepth`. */
export function parse(text: string, maxDepth: number): Event[] {
  const odd = oddLineBreak.exec(text);
  if (odd !== null && !isJson(text)) {
    throw new YamlError("ambiguous-line-break", "Kubernetes sees a line break where this character stands", {
      offset: odd.index,
      fix: "remove U+0085, U+2028 and U+2029, or escape them in a quoted string",
    });
  }
  try {
    return events(text, maxDepth);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const offset = error.mark?.position ?? 0;
    if (error.reason.startsWith("nesting exceeded")) {
      throw new YamlError("too-deep", `nested deeper than ${maxDepth} levels`, {
        offset,
        fix: "flatten the document",
      });
    }
    throw new YamlError("yaml-syntax", error.reason, { offset, fix: "correct the YAML at this place" });
  }
}

function events(text: string, maxDepth: number): Event[] {
  try {
    return parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== "deficient indentation") throw error;
    return eventsOfLooseText(text, maxDepth, error);
  }
}

/** Of two complaints the one further down is about what is wrong to Kubernetes, too. */
function eventsOfLooseText(text: string, maxDepth: number, first: YAMLException): Event[] {
  try {
    const quoted = withQuotesOnOneLine(text);
    const events = parseEvents(withFlowsOnOneLine(quoted), { maxDepth });
    return quoted === text ? events : events.map((event) => withItsLines(event, text));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw (error.mark?.position ?? 0) > (first.mark?.position ?? 0) ? error : first;
  }
}

/** A scalar that was seen on one line is read from where it has several: its value has to be folded. */
function withItsLines(event: Event, text: string): Event {
  if (event.type !== EVENT_ID.SCALAR || !event.fast) return event;
  return text.slice(event.valueStart, event.valueEnd).includes("\n") ? { ...event, fast: false } : event;
}

/** Kubernetes reads a document that begins with a brace as JSON if it can. */
function isJson(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
