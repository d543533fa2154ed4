import { z } from 'zod';
import { pageAnswer } from './page.ts';
import { count, moment } from './text.ts';

/** A signed record that the files of an export were deleted. */
export const receiptAnswer = z.strictObject({
  id: z.string(),
  tenantId: z.string(),
  kind: z.literal('export'),
  exportId: z.string(),
  reason: z.enum(['retention', 'request']),
  /** Who asked, for `request`. */
  requestedBy: z.string().optional(),
  /** What was there, counted just before. */
  files: count,
  bytes: count,
  deletedAt: moment,
  /** When the container was looked for again and not found. */
  verifiedGoneAt: moment,
  /** A compact JWS (EdDSA) over all the fields above; its keys are at `GET /v1/signing-keys`. */
  signature: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
});

export type ReceiptAnswer = z.infer<typeof receiptAnswer>;

export const receiptListAnswer = pageAnswer(receiptAnswer);
