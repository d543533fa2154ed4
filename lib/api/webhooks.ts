import { z } from 'zod';
import { pageAnswer } from './page.ts';
import { count, lineOfText, moment } from './text.ts';

const eventType = z.enum([
  'export.started',
  'export.completed',
  'export.partially_completed',
  'export.failed',
  'export.cancelled',
  'export.deleted',
  'webhook.disabled',
  'key.expiring',
  'key.exposed',
  'key.created',
]);

const authKind = z.enum(['none', 'basic', 'bearer', 'headers', 'oauth2', 'lakeside']);

/** The rules of an address are the core's (url-rules.ts); this is what a text must be to be looked at. */
const address = (words: string) => z.string(words).min(1, words).max(2000, words);
const url = address(
  'Send the address of your receiver in at most 2000 characters, for example https://hooks.example.com/sluice.',
);
const tokenUrl = address(
  'Send the address that gives access tokens in at most 2000 characters, for example https://login.example.com/oauth2/token.',
);
const visible = (min: number, max: number) =>
  z
    .string(`Send ${min} to ${max} visible ASCII characters.`)
    .regex(new RegExp(`^[\\x21-\\x7e]{${min},${max}}$`), {
      error: `Send ${min} to ${max} visible ASCII characters.`,
    });
const asciiLine = z
  .string()
  .regex(/^[\x20-\x7e]{1,512}$/, 'Send 1 to 512 printable ASCII characters.');

const headersWords = 'Send 1 to 10 headers: [{"name": "x-api-key", "value": "…"}].';

/** Secrets may be left out where one of the same kind is kept already. */
const authInput = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('basic'),
      username: lineOfText(256).regex(/^[^:]*$/, 'Leave colons out; they end the name (RFC 7617).'),
      password: lineOfText(256).exactOptional(),
    }),
    z.strictObject({ kind: z.literal('bearer'), token: visible(8, 4096).exactOptional() }),
    z.strictObject({
      kind: z.literal('headers'),
      headers: z
        .array(
          z.strictObject({
            name: z.string('Send the name of the header, for example x-api-key.'),
            value: z.string('Send the value of the header as text.').exactOptional(),
          }),
          headersWords,
        )
        .min(1, headersWords)
        .max(10, headersWords),
    }),
    z.strictObject({
      kind: z.literal('oauth2'),
      tokenUrl,
      clientId: visible(1, 512),
      clientSecret: visible(1, 512).exactOptional(),
      scope: asciiLine.exactOptional(),
      audience: asciiLine.exactOptional(),
      sendSecretIn: z.enum(['header', 'body']).exactOptional(),
    }),
    z.strictObject({ kind: z.literal('lakeside'), secret: visible(24, 256).exactOptional() }),
  ],
  { error: `Send an object with \`kind\`: ${authKind.options.join(', ')}.` },
);

const events = z
  .array(eventType, 'Send a list of events, for example ["export.completed", "export.failed"].')
  .min(1, 'Name at least one event, or leave `events` out.');

/** A signing secret that the caller brings. */
const secretWords =
  'Send "whsec_" and the base64 of 24 to 64 random bytes, or leave it out to get one.';
const signingSecret = z
  .string(secretWords)
  .max(200, secretWords)
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, secretWords);

/** Whose signature comes first while both secrets sign. */
const signFirst = z.enum(
  ['new', 'previous'],
  'Send "new", or "previous" while your receiver looks at the first signature only and has the old secret.',
);

/** Why an attempt, or a challenge, failed. */
const deliveryError = z.enum([
  'blocked_destination',
  'dns_failure',
  'tls_failure',
  'connect_failure',
  'timeout',
  'unreadable_answer',
  'token_failure',
  'http_status',
  'challenge_not_echoed',
]);

/** The body of `POST /v1/webhooks`. */
export const createWebhookBody = z.strictObject({
  url,
  events: events.exactOptional(),
  auth: authInput.exactOptional(),
  secret: signingSecret.exactOptional(),
});

/** The body of `PATCH /v1/webhooks/{id}`: what is absent stays. */
export const updateWebhookBody = z.strictObject({
  url: url.exactOptional(),
  events: events.exactOptional(),
  auth: authInput.exactOptional(),
  signFirst: signFirst.exactOptional(),
});

/** The body of `POST /v1/webhooks/{id}/verify`; without a code the receiver is sent a challenge. */
export const verifyWebhookBody = z.strictObject({
  code: z
    .string('Send the code as text.')
    .min(1, 'Send the code, or leave it out to have your receiver asked.')
    .max(200, 'Send the code alone; it has 32 characters.')
    .exactOptional(),
});

/** The body of `POST /v1/webhooks/{id}/rotate-secret`. */
export const rotateSecretBody = z.strictObject({
  overlapHours: z
    .int('Send whole hours.')
    .min(0, 'Send 0 to 168 hours.')
    .max(168, 'Send 0 to 168 hours.')
    .exactOptional(),
  secret: signingSecret.exactOptional(),
  signFirst: signFirst.exactOptional(),
});

/** A webhook endpoint; its secrets never come back. */
export const webhookAnswer = z.strictObject({
  id: z.string(),
  url: z.string(),
  events: z.array(eventType),
  auth: z.strictObject({
    kind: authKind,
    username: z.string().optional(),
    /** The names of custom headers. */
    headers: z.array(z.string()).optional(),
    tokenUrl: z.string().optional(),
    clientId: z.string().optional(),
    scope: z.string().optional(),
    audience: z.string().optional(),
    sendSecretIn: z.enum(['header', 'body']).optional(),
    /** Stands for the secret that is kept. */
    set: z.literal(true).optional(),
  }),
  /** Whether it is proven that the receiver wants webhooks; see `verifiedAt`. */
  verified: z.boolean(),
  verifiedAt: moment.optional(),
  /** What proved it: the echoed challenge, the confirmed code, or the operator's word for the host. */
  verifiedBy: z.enum(['challenge', 'code', 'operator']).optional(),
  /** While it is not proven: how the newest challenge went, if there was one, and what to do. */
  verification: z
    .strictObject({
      at: moment.optional(),
      status: z.int().optional(),
      error: deliveryError.optional(),
      next: z.string(),
    })
    .optional(),
  createdBy: z.string(),
  createdAt: moment,
  /** Until then the secret before the present one signs too. */
  previousSecretUntil: moment.optional(),
  signFirst: signFirst.optional(),
  disabledAt: moment.optional(),
  disabledReason: z.enum(['gone', 'failing']).optional(),
  failingSince: moment.optional(),
});

export type WebhookAnswer = z.infer<typeof webhookAnswer>;

/** The answers that make an endpoint or its new secret; no other has the signing secret. */
export const webhookCreatedAnswer = z.strictObject({
  ...webhookAnswer.shape,
  secret: z.string().startsWith('whsec_'),
});

export type WebhookCreatedAnswer = z.infer<typeof webhookCreatedAnswer>;

/** There are so few endpoints that the list has one page. */
export const webhookListAnswer = z.strictObject({ items: z.array(webhookAnswer) });

/** One event on its way to one endpoint, and its attempts; never a body. */
export const deliveryAnswer = z.strictObject({
  id: z.string(),
  endpointId: z.string(),
  /** `webhook-id` of every attempt, and of redeliveries. */
  webhookId: z.string(),
  type: z.enum([...eventType.options, 'webhook.test', 'webhook.validation']),
  exportId: z.string().optional(),
  status: z.enum(['pending', 'delivered', 'failed', 'dropped']),
  createdAt: moment,
  nextAttemptAt: moment.optional(),
  redeliveryOf: z.string().optional(),
  attempts: z.array(
    z.strictObject({
      at: moment,
      ms: count,
      /** Of the receiver's answer. */
      status: z.int().optional(),
      error: deliveryError.optional(),
    }),
  ),
});

export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

/** `GET /v1/webhooks/{id}/deliveries`. */
export const deliveryListAnswer = pageAnswer(deliveryAnswer);

/** `POST /v1/webhooks/{id}/test`. */
export const webhookTestAnswer = z.strictObject({
  verified: z.boolean(),
  delivery: deliveryAnswer,
});

export type WebhookTestAnswer = z.infer<typeof webhookTestAnswer>;

/** `POST /v1/webhooks/{id}/verify`; `caughtUp` counts the deliveries that had waited and were started. */
export const webhookVerifiedAnswer = z.strictObject({ ...webhookAnswer.shape, caughtUp: count });

export type WebhookVerifiedAnswer = z.infer<typeof webhookVerifiedAnswer>;

/** `POST /v1/webhooks/{id}/enable`; `caughtUp` counts the missed deliveries that were started. */
export const webhookEnabledAnswer = z.strictObject({ ...webhookAnswer.shape, caughtUp: count });

export type WebhookEnabledAnswer = z.infer<typeof webhookEnabledAnswer>;
