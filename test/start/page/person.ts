import { type Html, html } from "./html.ts";

/** A person's mark: the first letter on one of eight colours, square for an app; Sluice has its own. */
export function avatar(login: string): Html {
  if (login === "sluice[bot]") return html`<img class="avatar bot" src="/-/icon.svg" alt="">`;
  const shape = login.endsWith("[bot]") ? "avatar bot" : "avatar";
  const hue = [...login].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 8, 0);
  return html`<span class="${shape} hue${hue}" aria-hidden="true">${login.slice(0, 1).toUpperCase()}</span>`;
}

/** A login as people read it: apps lose GitHub's suffix and are said to be apps. */
export function personName(login: string): Html {
  if (!login.endsWith("[bot]")) return html`<strong>${login}</strong>`;
  return html`<strong>${login.replace("[bot]", "")}</strong> <span class="tag">app</span>`;
}

/** A moment as its time of day; the reader's browser turns it into the reader's time. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`;
}
