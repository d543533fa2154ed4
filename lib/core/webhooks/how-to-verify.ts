import type { DeliveryError } from './delivery-error.ts';
import type { Endpoint, FailedChallenge } from './endpoint.ts';

/** What the owner of an endpoint that is not verified does next, as sentences. */
export function howToVerify({ id, lastChallenge }: Endpoint): string {
  const ask = `POST /api/v1/webhooks/${id}/verify`;
  const confirm = `A receiver that cannot give it back is verified by its code: read it there (\`challenge\` of webhook.validation, \`verificationCode\` of a test or an event) and send {"code": "…"} to ${ask}.`;
  if (lastChallenge === undefined) {
    return `Give the secret to your receiver, then ${ask}: it posts a signed webhook.validation, whose \`challenge\` the receiver gives back in its answer. ${confirm}`;
  }
  return `${remedyOf(lastChallenge)} Then ${ask} again. ${confirm}`;
}

function remedyOf({ error, status }: FailedChallenge): string {
  if (error === 'http_status') {
    return `Your receiver answered ${status ?? 'with an error'}; let it answer webhook.validation with 200 and {"challenge": "<the same text>"}.`;
  }
  return remedies[error];
}

const remedies = {
  challenge_not_echoed:
    'Your receiver answered without the challenge; let it answer webhook.validation with {"challenge": "<the same text>"} and nothing beside it.',
  unreadable_answer:
    'The answer of your receiver is no readable HTTP; look at its headers, or at what stands before it.',
  timeout: 'Your receiver did not answer within five seconds; let it answer first and work later.',
  connect_failure: 'Nobody took the connection; check that the receiver runs and its firewall.',
  tls_failure:
    'No TLS connection came about; check that the certificate is valid, complete and for this host name.',
  dns_failure: 'The host name has no IPv4 address; check its spelling and its DNS.',
  blocked_destination:
    'The host name leads to an address outside the public internet; use a public host.',
  token_failure: 'The token URL gave no access token; check `auth.tokenUrl`, client id and secret.',
} as const satisfies Record<Exclude<DeliveryError, 'http_status'>, string>;
