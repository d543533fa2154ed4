import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import { createPostgresSource } from '../../../lib/adapters/sources/postgres/create-postgres-source.ts';
import { createTableStores } from '../../../lib/adapters/tables/table-stores.ts';
import { forwardMetrics } from '../../../lib/adapters/telemetry/forward-metrics.ts';
import type { PostgresSourceConfig } from '../../../lib/core/catalog/catalog.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';

/**
 * Runs one table's activity in a process of its own, so that its heap can be limited, and prints what
 * it wrote and how much memory it ever held. Storage and database come by the environment.
 */
const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new TypeError(`${name} is missing`);
  return value;
};

const config: PostgresSourceConfig = {
  kind: 'postgres',
  connection: { secret: 'memory' },
  maxConnections: 8,
  parallelTables: 1,
  statementTimeoutMinutes: 5,
  connectTimeoutSeconds: 5,
  tls: { mode: 'disable' },
  allowPowerfulLogin: [],
};
const account = emulatorAccount(required('MEMORY_STORAGE'));
const secrets = { get: async () => required('MEMORY_DATABASE') };
const source = createPostgresSource(config, { secrets, name: 'memory' });
const stores = createTableStores(account);
const table = {
  name: 'wide',
  source: 'memory',
  from: 'wide',
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: [],
  labels: {},
};
const input = {
  tenantId: required('MEMORY_TENANT'),
  exportId: required('MEMORY_EXPORT'),
  attempt: 1,
  table: 0,
};
const result = await exportTable(
  {
    ...stores,
    files: createBlobExportFiles(account),
    catalog: { sources: { memory: config }, tables: [table], excluded: [] },
    sources: () => source,
    clock: () => new Date(),
    log: { info() {}, warn() {}, error: (message, error) => console.error(message, error) },
    metrics: forwardMetrics(() => {}),
    partRows: 1_000_000,
    tableRunsMax: 3,
    sourceWaitMs: 0,
    gzipLevel: 1,
  },
  input,
);
await source.close();
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ result, peakBytes }));
