import type { Clock } from '../clock.ts';
import { deliveryHeaders, type OutgoingMessage } from './delivery-headers.ts';
import type { Endpoint } from './endpoint.ts';
import { type EndpointSecrets, openSecrets, type SecretOpener } from './endpoint-secrets.ts';
import type { Outbound, OutboundRequest, OutboundResult } from './outbound.ts';
import { createTokenSource, type OAuth2Client, type TokenSource } from './token-source.ts';

export interface WebhookSender {
  /**
   * Posts one signed message to the endpoint's URL with the proof that it asks for. What goes wrong
   * on the customer's side is in the result; our own trouble and the end of `signal` are thrown.
   */
  send(
    endpoint: Endpoint,
    message: OutgoingMessage,
    options?: SendOptions,
  ): Promise<OutboundResult>;
}

export interface SendOptions {
  readonly readAnswer?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface WebhookSenderDeps {
  readonly outbound: Outbound;
  readonly sealer: SecretOpener;
  readonly clock: Clock;
}

interface Sending extends WebhookSenderDeps {
  readonly tokens: TokenSource;
}

/** Sends through this way out. There is one per process, because it keeps access tokens. */
export function createWebhookSender(deps: WebhookSenderDeps): WebhookSender {
  const sending = { ...deps, tokens: createTokenSource(deps) };
  return {
    async send(endpoint, message, options = {}) {
      const secrets = await openSecrets(deps.sealer, endpoint, deps.clock());
      const client = clientOf(endpoint, secrets);
      if (client === undefined) return post(sending, { endpoint, secrets, message, options });
      return sendWithToken(sending, client, { endpoint, secrets, message, options });
    },
  };
}

interface Attempt {
  readonly endpoint: Endpoint;
  readonly secrets: EndpointSecrets;
  readonly message: OutgoingMessage;
  readonly options: SendOptions;
  readonly token?: string;
}

function clientOf(
  { tenantId, auth }: Endpoint,
  { authSecret }: EndpointSecrets,
): OAuth2Client | undefined {
  if (auth.kind !== 'oauth2') return undefined;
  if (authSecret === undefined) throw new TypeError('"oauth2" needs its secret');
  return { tenantId, auth, secret: authSecret };
}

/** A token can be revoked before its time: after a 401 one new token is tried. */
async function sendWithToken(
  sending: Sending,
  client: OAuth2Client,
  attempt: Attempt,
): Promise<OutboundResult> {
  const first = await tryToken(sending, client, attempt);
  if (first.status !== 401) return first;
  sending.tokens.forget(client);
  return tryToken(sending, client, attempt);
}

async function tryToken(
  sending: Sending,
  client: OAuth2Client,
  attempt: Attempt,
): Promise<OutboundResult> {
  const token = await sending.tokens.get(client, attempt.options.signal);
  if (token === undefined) return { ok: false, error: 'token_failure' };
  return post(sending, { ...attempt, token });
}

/** The timestamp is that of this very post. */
async function post({ outbound, clock }: Sending, attempt: Attempt): Promise<OutboundResult> {
  const { endpoint, secrets, message, options, token } = attempt;
  const proof = { auth: endpoint.auth, secrets, token };
  const request: OutboundRequest = {
    url: endpoint.url,
    headers: deliveryHeaders(message, proof, clock()),
    body: message.body,
    ...(options.readAnswer === true ? { readAnswer: true } : {}),
  };
  return outbound.post(request, options.signal);
}
