import type { Delivery } from './delivery.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndpointSecrets } from './endpoint-secrets.ts';
import { basicHeaders, lakesideHeaders, signatureHeaders } from './signature.ts';

/** The headers of one attempt: always the signature, and what the endpoint asks for beside it. */
export function deliveryHeaders(
  delivery: Pick<Delivery, 'webhookId' | 'body'>,
  endpoint: Pick<Endpoint, 'auth'>,
  secrets: EndpointSecrets,
  at: Date,
): Readonly<Record<string, string>> {
  const { webhookId, body } = delivery;
  return {
    ...signatureHeaders({ webhookId, at, body, secrets: [secrets.signingSecret] }),
    ...authHeaders(endpoint, secrets, body),
  };
}

function authHeaders(
  { auth }: Pick<Endpoint, 'auth'>,
  { authSecret }: EndpointSecrets,
  body: string,
): Readonly<Record<string, string>> {
  if (auth.kind === 'none') return {};
  // To send without the proof that the customer asked for would be worse than not to send.
  if (authSecret === undefined) throw new TypeError(`"${auth.kind}" needs "authSecret"`);
  return auth.kind === 'basic'
    ? basicHeaders(auth.username, authSecret)
    : lakesideHeaders(authSecret, body);
}
