import type { WebhookAnswer } from '../../../lib/api/webhooks.ts';
import type { Endpoint, EndpointAuth } from '../../../lib/core/webhooks/endpoint.ts';
import { howToVerify } from '../../../lib/core/webhooks/how-to-verify.ts';

/** An endpoint; of its secrets only that they are set. */
export function presentWebhook(endpoint: Endpoint): WebhookAnswer {
  return {
    id: endpoint.id,
    url: endpoint.url,
    events: [...endpoint.events],
    auth: presentAuth(endpoint.auth),
    verified: endpoint.verifiedAt !== undefined,
    verifiedAt: endpoint.verifiedAt?.toISOString(),
    verifiedBy: endpoint.verifiedBy,
    verification: presentVerification(endpoint),
    createdBy: endpoint.createdBy,
    createdAt: endpoint.createdAt.toISOString(),
    previousSecretUntil: endpoint.previousSecretUntil?.toISOString(),
    signFirst: endpoint.signFirst,
    disabledAt: endpoint.disabledAt?.toISOString(),
    disabledReason: endpoint.disabledReason,
    failingSince: endpoint.failingSince?.toISOString(),
  };
}

function presentVerification(endpoint: Endpoint): WebhookAnswer['verification'] {
  if (endpoint.verifiedAt !== undefined) return undefined;
  const { at, status, error } = endpoint.lastChallenge ?? {};
  return { at: at?.toISOString(), status, error, next: howToVerify(endpoint) };
}

function presentAuth(auth: EndpointAuth): WebhookAnswer['auth'] {
  switch (auth.kind) {
    case 'none':
      return { kind: 'none' };
    case 'basic':
      return { kind: 'basic', username: auth.username, set: true };
    case 'headers':
      return { kind: 'headers', headers: [...auth.names], set: true };
    case 'oauth2': {
      const { kind, tokenUrl, clientId, scope, audience, sendSecretIn } = auth;
      return { kind, tokenUrl, clientId, scope, audience, sendSecretIn, set: true };
    }
    case 'bearer':
    case 'lakeside':
      return { kind: auth.kind, set: true };
  }
}
