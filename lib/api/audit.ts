import { z } from 'zod';
import { count, moment, sha256, timeParameter } from './text.ts';

const pageEventsMax = 5_000;
const limitWords = `Send a whole number from 1 to ${pageEventsMax}.`;

/** The query of `GET /v1/audit`; `from` is included, `to` is not. A date stands for its midnight, UTC. */
export const auditQuery = z.strictObject({
  from: timeParameter.exactOptional(),
  to: timeParameter.exactOptional(),
  action: z
    .string()
    .regex(/^[a-z_]{1,40}\.[a-z_]{1,40}$/, 'Send an action, for example link.create.')
    .exactOptional(),
  actor: z
    .string()
    .regex(
      /^((key|user):[\x21-\x7e]{1,200}|operator|system|anonymous)$/,
      'Send key:<id>, user:<id>, operator, system or anonymous.',
    )
    .exactOptional(),
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, limitWords)
    .transform(Number)
    .refine((limit) => limit <= pageEventsMax, limitWords)
    .exactOptional(),
  cursor: z
    .string()
    .regex(/^[0-9]{6}-[0-9]{1,12}$/, 'Send `nextCursor` of the page before, as it was.')
    .exactOptional(),
});

export type AuditQuery = z.infer<typeof auditQuery>;

/** The query of `GET /v1/audit/verify`. */
export const verifyQuery = z.strictObject({
  cursor: z
    .string()
    .regex(
      /^[\w-]{1,1000}\.[\w-]{1,1000}\.[\w-]{1,1000}$/,
      'Send `nextCursor` of the page before, as it was.',
    )
    .exactOptional(),
  since: z
    .literal('seal', 'Send since=seal to verify only what came after the newest seal.')
    .exactOptional(),
});

export type VerifyQuery = z.infer<typeof verifyQuery>;

const details = z.strictObject({
  fields: z.array(z.string()).optional(),
  newKeyId: z.string().optional(),
  exportId: z.string().optional(),
  linkId: z.string().optional(),
  endpointId: z.string().optional(),
  tenantId: z.string().optional(),
  status: z.string().optional(),
  reason: z.string().optional(),
  attempt: count.optional(),
  tables: count.optional(),
  failedTables: count.optional(),
  files: count.optional(),
  rows: count.optional(),
  bytes: count.optional(),
  count: count.optional(),
  month: z.string().optional(),
  upToSeq: count.optional(),
});

/**
 * One event, exactly as it is hashed: `hash` is the SHA-256 of the canonical JSON (RFC 8785) of all the
 * other fields, `prevHash` the hash of the event before.
 */
export const auditEvent = z.strictObject({
  seq: z.int().min(1),
  id: z.string(),
  tenantId: z.string(),
  time: moment,
  action: z.string(),
  actor: z.strictObject({
    type: z.enum(['key', 'user', 'operator', 'system', 'anonymous']),
    id: z.string(),
    addressPrefix: z.string().optional(),
  }),
  target: z.strictObject({ type: z.string(), id: z.string() }).optional(),
  outcome: z.strictObject({
    result: z.enum(['attempted', 'success', 'failure', 'denied']),
    reason: z.string().optional(),
  }),
  request: z
    .strictObject({ id: z.string(), route: z.string(), act: z.string().optional() })
    .optional(),
  details: details.optional(),
  schemaVersion: z.literal(1),
  prevHash: sha256,
  hash: sha256,
});

/** A page as JSON, oldest first; as NDJSON it is one event per line, and `Link` leads on in every form. */
export const auditListAnswer = z.strictObject({
  items: z.array(auditEvent),
  nextCursor: z.string().optional(),
});

/**
 * Whether the chain holds, from the first event that is kept (or from the cursor, or from the newest seal)
 * to `toSeq`; `nextCursor` leads on where one answer is not enough. `sealed` is the newest signed head that
 * is kept outside the log's table; the `unsealed` events after it are held by the chain alone.
 */
export const auditVerdictAnswer = z.strictObject({
  ok: z.boolean(),
  chain: z.string(),
  fromSeq: z.int().min(1),
  toSeq: count,
  headHash: sha256,
  /** How the hashes are made, so that the chain can be computed again from `GET /v1/audit`. */
  hashing: z.string(),
  firstBroken: z.strictObject({ seq: count, reason: z.string() }).optional(),
  sealed: z.strictObject({ seq: count, at: moment }).optional(),
  unsealed: count,
  nextCursor: z.string().optional(),
});
