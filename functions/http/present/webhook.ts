import type { WebhookAnswer } from '../../../lib/api/webhooks.ts';
import type { Endpoint, EndpointAuth } from '../../../lib/core/webhooks/endpoint.ts';

/** An endpoint; of its secrets only that they are set. */
export function presentWebhook(endpoint: Endpoint): WebhookAnswer {
  return {
    id: endpoint.id,
    url: endpoint.url,
    events: [...endpoint.events],
    auth: presentAuth(endpoint.auth),
    createdBy: endpoint.createdBy,
    createdAt: endpoint.createdAt.toISOString(),
    disabledAt: endpoint.disabledAt?.toISOString(),
    disabledReason: endpoint.disabledReason,
    failingSince: endpoint.failingSince?.toISOString(),
  };
}

function presentAuth(auth: EndpointAuth): WebhookAnswer['auth'] {
  if (auth.kind === 'none') return { kind: 'none' };
  if (auth.kind === 'basic') return { kind: 'basic', username: auth.username, set: true };
  return { kind: 'lakeside', set: true };
}
