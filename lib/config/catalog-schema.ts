import { z } from 'zod';
import type { TableScope } from '../core/principal.ts';

/**
 * The shape of the catalog file. `catalog.schema.json` is made of this, so that editors check it while
 * it is written. Rules that span several places are in `check-catalog.ts`.
 */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a-z 0-9 _ - and begin with a letter')
  .describe('Public name; the stem of its files.');

const secretName = z
  .string()
  .regex(/^[a-zA-Z0-9-]{1,127}$/, 'must be the name of a secret: letters, digits and dashes')
  .describe('Name of a secret, never the secret itself.');

const columnName = z.string().min(1).max(128);

const tableScopes = [
  'exports:delete',
  'configurations:write',
  'keys:write',
  'webhooks:write',
  'audit:read',
  'tenant:write',
] as const;

const parallelTables = z
  .int()
  .min(1)
  .max(16)
  .default(4)
  .describe('Tables of this source that one export reads at the same time.');

const postgres = z.strictObject({
  kind: z.literal('postgres'),
  connection: z
    .strictObject({ secret: secretName })
    .describe('The secret that holds the connection URL of a read-only login.'),
  parallelTables,
  maxConnections: z
    .int()
    .min(2)
    .max(100)
    .default(16)
    .describe(
      'Connections that one instance opens at most; two of them may serve GET /v1/tables. Whoever finds ' +
        'none free waits and is tried again.',
    ),
  statementTimeoutMinutes: z
    .number()
    .min(0.05)
    .max(720)
    .exactOptional()
    .describe(
      'How long the database may work on one table before it is final that the table fails. Absent: as ' +
        'long as it takes. Waiting for a lock (30 seconds) and for the connection has limits of its own.',
    ),
  connectTimeoutSeconds: z
    .int()
    .min(1)
    .max(60)
    .default(10)
    .describe('How long the server may take to accept a connection.'),
  tls: z
    .strictObject({
      mode: z.enum(['verify', 'disable']).default('verify'),
      caSecret: secretName.optional(),
    })
    .prefault({})
    .describe(
      'verify checks the certificate and the name; disable is for a server on the same machine.',
    ),
  allowPowerfulLogin: z
    .array(z.enum(['superuser', 'bypass_rls', 'owns_tables', 'can_write']))
    .default([])
    .describe('What the login may do beyond reading, if that is a decision.'),
});

const sqlite = z.strictObject({
  kind: z.literal('sqlite'),
  file: z.string().min(1).describe('Path of the database file, relative to the app folder.'),
  parallelTables,
});

const sluice = z
  .strictObject({ kind: z.literal('sluice'), parallelTables })
  .describe('Our own state. Its one table is audit_log, with the tenant column tenant_id.');

const kept = z
  .strictObject({
    column: columnName.optional().describe('The column that holds the tenant’s id.'),
    rls: z
      .boolean()
      .default(false)
      .describe('The table’s own row-security policies read the setting sluice.tenant_id.'),
    schema: z.boolean().default(false).describe('Each tenant has a schema, named by its sourceId.'),
  })
  .describe('How the source keeps tenants apart.');

const shared = z
  .literal('shared')
  .describe(
    'Every tenant gets every row: a table that belongs to no tenant. The manifest says so.',
  );

const tenant = z
  .union([shared, kept])
  .transform((wish) =>
    wish === 'shared' ? { rls: false, schema: false, shared: true } : { ...wish, shared: false },
  );

const relation = z.union([
  z
    .string()
    .regex(
      /^[^.\s"]+(\.[^.\s"]+)?$/,
      'must be schema.table or table; names with blanks, quotes or dots are written {"schema": …, "table": …}',
    )
    .describe('schema.table or table.'),
  z
    .strictObject({ schema: columnName.exactOptional(), table: columnName })
    .describe('The same for any names, letter by letter.'),
]);

/** One entry of `tables`. */
export const tableSchema = z.strictObject({
  name,
  source: z.string().describe('One of `sources`.'),
  from: relation.describe('The table or view in the source.'),
  tenant,
  key: z.array(columnName).default([]).describe('The columns that identify a row, in order.'),
  labels: z.record(z.string(), z.string()).default({}),
  scope: z
    .enum(tableScopes satisfies readonly TableScope[])
    .optional()
    .describe('Who sees the table: only somebody with this scope who is limited to no labels.'),
  description: z.string().max(1000).optional(),
  text: z
    .enum(['latin1', 'base64'])
    .optional()
    .describe(
      'For sqlite, where a text may be any bytes and one that is not UTF-8 fails the table: read every text as latin1 (ISO 8859-1), or write its bytes as base64.',
    ),
});

const exclusion = z.strictObject({
  name: z.string().min(1).max(128),
  reason: z.string().min(1).max(1000),
});

export const catalogSchema = z
  .strictObject({
    $schema: z.string().optional(),
    sources: z.record(
      z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
      z.discriminatedUnion('kind', [postgres, sqlite, sluice]),
    ),
    tables: z.array(tableSchema).min(1),
    excluded: z.array(exclusion).default([]).describe('What is left out on purpose, and why.'),
  })
  .describe('What Sluice may export, and how tenants are kept apart.');

export type CatalogFile = z.infer<typeof catalogSchema>;

/** The published JSON Schema, for editors. */
export function catalogJsonSchema(): object {
  return z.toJSONSchema(catalogSchema, { io: 'input' });
}
