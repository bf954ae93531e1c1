/** Keeps the page at the state of the local GitHub: it exchanges the parts that differ and leaves the rest alone. */

const address = location.pathname;
const announcement = document.querySelector("#announcement");
const problem = document.querySelector("#problem");
/** The parts as the server last sent them: what the reader has opened since does not count as a difference. */
const sent = new Map([...document.querySelectorAll("[data-live]")].map((part) => [part.id, part.outerHTML]));
let refreshing = Promise.resolve();

async function refresh() {
  const response = await fetch(address);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of next.querySelectorAll("[data-live]")) {
    if (sent.get(part.id) === part.outerHTML) continue;
    sent.set(part.id, part.outerHTML);
    exchange(document.getElementById(part.id), part);
  }
  document.title = next.title;
  localTimes();
  const said = next.querySelector("#announcement").textContent;
  if (announcement.textContent !== said) announcement.textContent = said;
}

function exchange(old, part) {
  for (const open of old.querySelectorAll("details[open][id]")) {
    part.querySelector(`#${open.id}`)?.setAttribute("open", "");
  }
  const held = old.contains(document.activeElement) ? document.activeElement.closest("form")?.action : null;
  old.replaceWith(part);
  if (held) part.querySelector(`form[action="${new URL(held).pathname}"] button`)?.focus();
}

function localTimes() {
  for (const time of document.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString();
  }
}

function tell(text) {
  problem.textContent = text;
  problem.hidden = text === "";
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    tell(response.ok ? "" : await response.text());
    if (response.ok) form.reset();
  } catch {
    tell("The local GitHub does not answer. Is npm start still running?");
  }
  button?.removeAttribute("aria-busy");
});

new EventSource(`${address}/events`).addEventListener("changed", () => {
  refreshing = refreshing.then(refresh, refresh);
});
localTimes();
