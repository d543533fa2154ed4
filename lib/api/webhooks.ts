import { z } from 'zod';
import { lineOfText, moment } from './text.ts';

const eventType = z.enum([
  'export.started',
  'export.completed',
  'export.partially_completed',
  'export.failed',
  'export.cancelled',
  'export.deleted',
]);

const authKind = z.enum(['none', 'basic', 'lakeside']);

const authInput = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('basic'),
      username: lineOfText(256).regex(/^[^:]*$/, 'Leave colons out; they end the name (RFC 7617).'),
      password: lineOfText(256),
    }),
    z.strictObject({
      kind: z.literal('lakeside'),
      secret: z.string().regex(/^[\x21-\x7e]{24,256}$/, 'Send 24 to 256 visible ASCII characters.'),
    }),
  ],
  { error: `Send an object with \`kind\`: ${authKind.options.join(', ')}.` },
);

/** The body of `POST /v1/webhooks`. */
export const createWebhookBody = z.strictObject({
  url: lineOfText(2048),
  events: z
    .array(eventType)
    .min(1, 'Name at least one event, or leave `events` out.')
    .exactOptional(),
  auth: authInput.exactOptional(),
  /** A signing secret that the caller brings. */
  secret: z
    .string()
    .max(200)
    .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'Send "whsec_" and base64, or leave it out.')
    .exactOptional(),
});

/** A webhook endpoint; its secrets never come back. */
export const webhookAnswer = z.strictObject({
  id: z.string(),
  url: z.string(),
  events: z.array(eventType),
  auth: z.strictObject({
    kind: authKind,
    username: z.string().optional(),
    /** Stands for the password or secret that is kept. */
    set: z.literal(true).optional(),
  }),
  createdBy: z.string(),
  createdAt: moment,
  disabledAt: moment.optional(),
  disabledReason: z.enum(['gone', 'failing']).optional(),
  failingSince: moment.optional(),
});

export type WebhookAnswer = z.infer<typeof webhookAnswer>;

/** The answer that makes the endpoint; the only one with the signing secret. */
export const webhookCreatedAnswer = z.strictObject({
  ...webhookAnswer.shape,
  secret: z.string().startsWith('whsec_'),
});

export type WebhookCreatedAnswer = z.infer<typeof webhookCreatedAnswer>;

/** There are so few endpoints that the list has one page. */
export const webhookListAnswer = z.strictObject({ items: z.array(webhookAnswer) });
