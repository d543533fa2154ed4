import { z } from 'zod';
import { pageAnswer, pageParameters } from './page.ts';
import { failure } from './problem.ts';
import { count, lineOfText, moment, sha256, timeParameter } from './text.ts';

const tablesMax = 1000;
const columnsMax = 2000;

const compression = z.enum(['gzip', 'zstd', 'none']);

const exportStatus = z.enum([
  'pending',
  'processing',
  'ready',
  'partially_ready',
  'failed',
  'cancelled',
  'expired',
]);

const columnNames = z
  .array(lineOfText(256))
  .min(1, 'Name at least one column, or leave `columns` out to get all of them.')
  .max(
    columnsMax,
    `Name at most ${columnsMax} columns, or leave \`columns\` out to get all of them.`,
  )
  .check(({ value, issues }) => {
    for (const [index, name] of value.entries()) {
      if (value.indexOf(name) === index) continue;
      const message = 'This column is named twice.';
      issues.push({ code: 'custom', path: [index], message, input: name });
    }
  });

const tableName = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}$/, 'Send 1 to 64 characters of a-z, 0-9, "_" and "-".');

const tableRequest = z.strictObject(
  { name: tableName, columns: columnNames.exactOptional() },
  { error: ({ code, input }) => (code === 'invalid_type' ? objectWords(input) : undefined) },
);

/** A bare name is what people try first. */
function objectWords(input: unknown): string {
  const name = tableName.safeParse(input).data ?? '…';
  return `Send {"name": ${JSON.stringify(name)}}.`;
}

/** The body of `POST /v1/exports`. */
export const createExportBody = z.strictObject({
  tables: z.union(
    [
      z.literal('all'),
      z
        .array(tableRequest)
        .min(1, 'Name at least one table, or send "all".')
        .max(tablesMax, `Name at most ${tablesMax} tables in one request, or send "all".`),
    ],
    { error: 'Send "all" or a list of tables: [{"name": "…"}].' },
  ),
  format: z.literal('csv').exactOptional(),
  compression: compression.exactOptional(),
  dialect: z.literal('data').exactOptional(),
  packaging: z.literal('files').exactOptional(),
  consistency: z.literal('table').exactOptional(),
});

/** The query of `GET /v1/exports`; `from` is included, `to` is not. A date stands for its midnight, UTC. */
export const listExportsQuery = z
  .strictObject({
    ...pageParameters,
    status: exportStatus.exactOptional(),
    from: timeParameter.exactOptional(),
    to: timeParameter.exactOptional(),
  })
  .check(({ value, issues }) => {
    if (value.from === undefined || value.to === undefined || value.from < value.to) return;
    issues.push({
      code: 'custom',
      path: ['to'],
      message: 'Send a time after `from`.',
      input: value,
    });
  });

/** The query of `GET /v1/exports/{id}/manifest`. */
export const manifestQuery = z.strictObject({ format: z.enum(['json', 'jws']).exactOptional() });

const progress = z.strictObject({
  tablesDone: count,
  tablesTotal: count,
  rows: count,
  rowsExpected: count.optional(),
  bytes: count,
  percent: z.int().min(0).max(100).optional(),
  secondsLeft: count.optional(),
});

const tableState = z.strictObject({
  name: z.string(),
  status: z.enum(['pending', 'running', 'ready', 'failed', 'cancelled']),
  rows: count.optional(),
  countedRows: count.optional(),
  /** How many files it has so far. */
  parts: count.optional(),
  bytes: count.optional(),
  snapshotAt: moment.optional(),
  error: failure.optional(),
});

const totals = z.strictObject({
  tables: count,
  files: count,
  rows: count,
  bytes: count,
  uncompressedBytes: count,
});

/** An export in a list: without `progress` and `tables`, which take a look at every table's row. */
export const exportItem = z.strictObject({
  id: z.string(),
  /** The same as `id`. */
  invocationId: z.string(),
  tenantId: z.string(),
  status: exportStatus,
  attempt: z.int().min(1),
  requestedBy: z.string(),
  requestedAt: moment,
  startedAt: moment.optional(),
  completedAt: moment.optional(),
  expiresAt: moment.optional(),
  /** When its files were deleted. */
  deletedAt: moment.optional(),
  format: z.literal('csv'),
  compression,
  dialect: z.literal('data'),
  packaging: z.literal('files'),
  consistency: z.literal('table'),
  totals: totals.optional(),
  manifest: z
    .strictObject({
      sha256,
      revision: z.int().min(1),
      /** The manifest, and the detached signature (JWS, EdDSA) over its bytes; while they can be fetched. */
      url: z.string().optional(),
      signature: z.string().optional(),
    })
    .optional(),
  error: failure.optional(),
});

export type ExportItem = z.infer<typeof exportItem>;

/** What the tenant's clients say they have whole, of all part files; absent before they said anything. */
export const fetchedAnswer = z.strictObject({ files: count, of: count, at: moment });

export type FetchedAnswer = z.infer<typeof fetchedAnswer>;

/** One export with its whole state. */
export const exportAnswer = z.strictObject({
  ...exportItem.shape,
  fetched: fetchedAnswer.optional(),
  progress,
  /** A database is full or away; its tables wait. */
  waiting: z.literal('source').optional(),
  /** Since when nothing has moved. */
  stalledSince: moment.optional(),
  /** How often the table that was begun most often was begun in this attempt; above 1, `rows` fell back. */
  runs: count,
  tables: z.array(tableState),
});

export type ExportAnswer = z.infer<typeof exportAnswer>;
export type TableState = z.infer<typeof tableState>;

export const exportListAnswer = pageAnswer(exportItem);
