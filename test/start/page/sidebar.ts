import type { ActionView, DeliveryView } from "../view.ts";
import { type Html, html } from "./html.ts";
import { moment } from "./person.ts";

/** The buttons: each does to the local GitHub what a person would do to the real one. */
export function actionsCard(path: string, actions: readonly ActionView[]): Html {
  return html`<section class="card panel actions" id="actions" data-live aria-labelledby="actions-title">
    <h2 id="actions-title">Try it</h2>
    ${actions.map((action) => button(path, action))}
  </section>`;
}

function button(path: string, { id, label, explanation, primary }: ActionView): Html {
  const described = `explain-${id}`;
  return html`<form class="action" method="post" action="${path}/${id}">
    <button${primary === true && html` class="primary"`} aria-describedby="${described}">${label}</button>
    <p class="muted" id="${described}">${explanation}</p>
  </form>`;
}

/** The webhooks GitHub sent and how the Worker answered, newest first. */
export function deliveriesCard(deliveries: readonly DeliveryView[]): Html {
  return html`<section class="card panel" id="deliveries" data-live aria-labelledby="deliveries-title">
    <h2 id="deliveries-title">Webhook deliveries <span class="count">${deliveries.length}</span></h2>
    ${deliveries.length === 0 ? html`<p class="muted">None yet.</p>` : html`<ol class="deliveries">${deliveries.map(deliveryItem)}</ol>`}
  </section>`;
}

function deliveryItem({ event, status, statusCode, deliveredAt, duration, redelivery }: DeliveryView): Html {
  const tone = statusCode < 300 ? "good" : "bad";
  return html`<li class="delivery">
    <span class="pill ${tone}" title="${status}">${statusCode}</span>
    <code>${event}</code>${redelivery ? html` <span class="tag">redelivery</span>` : null}
    <span class="muted">${moment(deliveredAt)}, ${Math.round(duration * 1000)} ms</span>
  </li>`;
}
