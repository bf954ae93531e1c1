import type { CheckView } from "../view.ts";
import { Html, html } from "./html.ts";

/** How a state looks: a tone (a class of the style sheet), a shape, and the word, so that colour never speaks alone. */
export interface Look {
  readonly tone: "good" | "bad" | "warn" | "busy" | "calm";
  readonly icon: keyof typeof shapes;
  readonly word: string;
}

/** Drawn on a 16 by 16 grid. */
const shapes = {
  pass: '<path d="m4.5 8.4 2.4 2.4 4.7-5.4"/>',
  fail: '<path d="m5 5 6 6m0-6-6 6"/>',
  attention: '<path d="M8 4v4.6"/><path d="M8 11.6v.1"/>',
  busy: '<path d="M8 4.4V8l2.4 1.5"/>',
  neutral: '<path d="M5 8h6"/>',
} as const;

/** The look of a check: of none yet, of one at work, and of each conclusion. */
export function checkLook(check: CheckView | null): Look {
  if (check === null) return { tone: "busy", icon: "busy", word: "Waiting" };
  if (check.status === "queued") return { tone: "busy", icon: "busy", word: "Queued" };
  if (check.status !== "completed") return { tone: "busy", icon: "busy", word: "In progress" };
  switch (check.conclusion) {
    case "success":
      return { tone: "good", icon: "pass", word: "Success" };
    case "failure":
      return { tone: "bad", icon: "fail", word: "Failure" };
    case "action_required":
      return { tone: "warn", icon: "attention", word: "Action required" };
    default:
      return { tone: "calm", icon: "neutral", word: check.conclusion ?? "Unknown" };
  }
}

/** A disc with the look's shape in it. Says nothing to a screen reader: the word stands beside it. */
export function disc({ tone, icon }: Pick<Look, "tone" | "icon">, large = false): Html {
  return html`<span class="disc ${tone}${large && " large"}" aria-hidden="true"><svg class="shape" viewBox="0 0 16 16">${new Html(shapes[icon])}</svg></span>`;
}

/** A word in a rounded box. */
export function pill({ tone, word }: Pick<Look, "tone" | "word">): Html {
  return html`<span class="pill ${tone}">${word}</span>`;
}
