import { type Answer, accepted, notFound, ok } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import type { Delivery } from "../webhooks/webhooks.ts";

/** `GET /app/hook/deliveries`: newest first; the next page is named by a cursor in the `Link` header. */
export function listDeliveries(call: Call): Answer {
  const status = call.query.get("status");
  const all = call.services.webhooks.deliveries
    .filter((delivery) => status === null || (status === "failure") === failed(delivery))
    .toReversed();
  const size = Number(call.query.get("per_page") ?? serverLimits.defaultPageSize);
  const cursor = call.query.get("cursor");
  const start = cursor === null ? 0 : all.findIndex((delivery) => cursorOf(delivery) === cursor);
  const page = start < 0 ? [] : all.slice(start, start + Math.min(size, serverLimits.pageSize));
  const next = start < 0 ? undefined : all[start + page.length];
  return {
    ...ok(page.map(deliveryItemJson)),
    headers: next === undefined ? {} : { link: nextLink(call, next) },
  };
}

/** `GET /app/hook/deliveries/{delivery_id}` */
export function getDelivery(call: Call): Answer {
  const delivery = deliveryOf(call);
  return ok({
    ...deliveryItemJson(delivery),
    url:
      typeof call.services.webhooks.target?.deliverTo === "string"
        ? call.services.webhooks.target.deliverTo
        : "",
    request: { headers: delivery.request.headers, payload: JSON.parse(delivery.request.body) },
    response: { headers: delivery.response.headers, payload: delivery.response.body },
  });
}

/** `POST /app/hook/deliveries/{delivery_id}/attempts` */
export function redeliver(call: Call): Answer {
  call.services.webhooks.redeliver(deliveryOf(call));
  return accepted;
}

function deliveryOf(call: Call): Delivery {
  const id = Number(call.parameters.delivery_id);
  const delivery = call.services.webhooks.deliveries.find((candidate) => candidate.id === id);
  if (delivery === undefined) throw notFound();
  return delivery;
}

/** HTTP 400–599 counts as failure (parameter webhook-delivery-status). */
const failed = ({ statusCode }: Delivery) => statusCode >= 400;
const cursorOf = ({ id }: Delivery) => `v1_${id}`;

function nextLink(call: Call, next: Delivery): string {
  const url = new URL(call.url);
  url.searchParams.set("cursor", cursorOf(next));
  return `<${url}>; rel="next"`;
}

function deliveryItemJson(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
