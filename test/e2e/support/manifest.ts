import { z } from 'zod';

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const totals = z.strictObject({
  tables: count,
  files: count,
  rows: count,
  bytes: count,
  uncompressedBytes: count,
});

/** api.md §4, as a stranger would check it. */
export const manifestSchema = z.strictObject({
  version: z.literal(1),
  revision: z.int().min(1),
  exportId: z.string(),
  tenantId: z.string(),
  status: z.enum(['ready', 'partially_ready']),
  requestedAt: z.iso.datetime(),
  completedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  consistency: z.literal('table'),
  format: z.strictObject({
    format: z.literal('csv'),
    dialect: z.literal('data'),
    compression: z.enum(['gzip', 'zstd', 'none']),
    encoding: z.literal('utf-8'),
    delimiter: z.literal(','),
    lineEnd: z.literal('LF'),
    header: z.literal(true),
    headerQuotes: z.literal('always'),
    valueQuotes: z.literal('where needed'),
    null: z.literal('nothing'),
    emptyString: z.literal('""'),
    booleans: z.literal('true/false'),
    numbers: z.literal('exact text'),
    times: z.literal('ISO 8601, UTC'),
    bytes: z.literal('base64'),
    arrays: z.literal('JSON'),
  }),
  tables: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string().optional(),
      tenant: z.literal('shared').optional(),
      sourceRows: count,
      rows: count,
      snapshotAt: z.iso.datetime(),
      columns: z.array(
        z.strictObject({
          name: z.string(),
          type: z.string(),
          sourceType: z.string(),
          nullable: z.boolean(),
          key: z.boolean(),
          text: z.enum(['latin1', 'base64']).optional(),
          otherKinds: count.optional(),
          added: z.literal(true).optional(),
        }),
      ),
      files: z.array(
        z.strictObject({
          name: z.string(),
          rows: count,
          bytes: count,
          uncompressedBytes: count,
          sha256,
        }),
      ),
    }),
  ),
  failedTables: z.array(
    z.strictObject({ name: z.string(), code: z.string(), message: z.string() }),
  ),
  excluded: z.array(z.strictObject({ table: z.string(), reason: z.string() })),
  totals,
});
