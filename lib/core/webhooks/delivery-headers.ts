import type { EndpointAuth } from './endpoint.ts';
import type { EndpointSecrets } from './endpoint-secrets.ts';
import { basicHeaders, bearerHeaders, lakesideHeaders, signatureHeaders } from './signature.ts';

/** One message as it is sent and signed. */
export interface OutgoingMessage {
  readonly webhookId: string;
  readonly body: string;
}

export interface Proof {
  readonly auth: EndpointAuth;
  readonly secrets: EndpointSecrets;
  /** The access token, for OAuth 2 only. */
  readonly token?: string | undefined;
}

/** The headers of one attempt: always the signature, and what the endpoint asks for beside it. */
export function deliveryHeaders(
  { webhookId, body }: OutgoingMessage,
  proof: Proof,
  at: Date,
): Readonly<Record<string, string>> {
  const secrets = proof.secrets.signingSecrets;
  // The signature comes last, so that nothing can stand in its place.
  return { ...authHeaders(proof, body), ...signatureHeaders({ webhookId, at, body, secrets }) };
}

function authHeaders({ auth, secrets, token }: Proof, body: string) {
  const { authSecret } = secrets;
  switch (auth.kind) {
    case 'none':
      return {};
    case 'basic':
      return basicHeaders(auth.username, needed(authSecret));
    case 'bearer':
      return bearerHeaders(needed(authSecret));
    case 'headers':
      return headersOf(needed(authSecret));
    case 'oauth2':
      return bearerHeaders(needed(token));
    case 'lakeside':
      return lakesideHeaders(needed(authSecret), body);
  }
}

/** To send without the proof that the customer asked for would be worse than not to send. */
function needed(secret: string | undefined): string {
  if (secret === undefined) throw new TypeError('the proof of a delivery needs its secret');
  return secret;
}

/** The sealed form of custom headers, by lower-case name. */
export function headersOf(secret: string): Readonly<Record<string, string>> {
  return JSON.parse(secret) as Readonly<Record<string, string>>;
}
