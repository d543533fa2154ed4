import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { createBlobExportFiles } from '../../lib/adapters/blobs/blob-export-files.ts';
import { emulatorAccount } from '../../lib/adapters/shared/storage-options.ts';
import { createTableStores } from '../../lib/adapters/tables/table-stores.ts';
import { createAuditLog } from '../../lib/core/audit/audit-log.ts';
import type { Catalog } from '../../lib/core/catalog/catalog.ts';
import type { ExportRecord } from '../../lib/core/exports/export-record.ts';
import type {
  ExportWork,
  InstanceState,
  LaneRef,
  Starter,
} from '../../lib/core/exports/starter.ts';
import { createSigner } from '../../lib/core/signing/signer.ts';
import { createAnnouncer } from '../../lib/core/webhooks/announce.ts';
import { startAzurite } from './azurite.ts';
import { createMemorySource } from './memory-source.ts';
import { notingLog } from './noting-log.ts';
import { notingMetrics } from './noting-metrics.ts';
import { stampIn } from './residency.ts';

/** Real storage around a source and a clock that the test holds. */
export async function openWorkshop() {
  const azurite = await startAzurite();
  const account = emulatorAccount(azurite.connectionString);
  const stores = createTableStores(account);
  const source = createMemorySource();
  const time = { now: new Date('2026-03-01T12:00:00.000Z') };
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'test' });
  return {
    azurite,
    source,
    time,
    deps: {
      ...stores,
      catalog,
      files: createBlobExportFiles(account),
      sources: () => source,
      signer: createSigner({ get: async () => jwk, find: async () => undefined }),
      announcer: createAnnouncer(stores),
      residency: stampIn('local', stores.tenants),
      audit: createAuditLog({
        store: stores.auditRows,
        clock: () => time.now,
        random: Math.random,
      }),
      clock: () => time.now,
      log: notingLog(),
      metrics: notingMetrics(),
      partRows: 3,
      gzipLevel: 1,
      tableRunsMax: 3,
      sourceWaitMs: 3_600_000,
      retentionDays: 7,
    },
    stop: () => azurite.stop(),
  };
}

export type Workshop = Awaited<ReturnType<typeof openWorkshop>>;

const catalog: Catalog = {
  sources: { app: { kind: 'sqlite', file: 'none', parallelTables: 2 } },
  tables: ['one', 'two'].map((name) => ({
    name,
    source: 'app',
    from: name,
    tenant: { column: 'tenant_id', rls: false, schema: false },
    key: ['id'],
    labels: {},
  })),
  excluded: [],
};

/** Notes what it was asked to start, and starts nothing. */
export function notingStarter(
  state: InstanceState = 'running',
  laneState: (lane: LaneRef) => InstanceState = () => 'running',
) {
  const lanes: (LaneRef & { readonly tables: readonly number[] })[] = [];
  const exports: ExportWork[] = [];
  const deliveries: string[] = [];
  const purged: ExportWork[] = [];
  const starter: Starter = {
    startExport: async (work) => void exports.push(work),
    startDelivery: async ({ deliveryId }) => void deliveries.push(deliveryId),
    exportState: async () => state,
    startLane: async (lane, tables) => void lanes.push({ ...lane, tables }),
    laneState: async (lane) => laneState(lane),
    purgeExport: async (work) => void purged.push(work),
  };
  return { starter, exports, deliveries, purged, lanes };
}

/** A tenant and a fresh export of these tables, as `requestExport` leaves it. */
export async function acceptExport(
  { deps, time }: Workshop,
  tables: readonly string[],
): Promise<ExportWork> {
  const tenantId = `t${randomBytes(4).toString('hex')}`;
  const exportId = randomBytes(8).toString('hex');
  await deps.tenants.insert({
    id: tenantId,
    name: 'Test',
    region: 'local',
    sourceId: tenantId,
    createdAt: time.now,
    wrappedDataKey: '',
  });
  const record: ExportRecord = {
    tenantId,
    id: exportId,
    status: 'pending',
    attempt: 1,
    request: {
      tables: tables.map((name) => ({ name })),
      format: 'csv',
      compression: 'none',
      dialect: 'data',
      packaging: 'files',
      consistency: 'table',
    },
    requestedBy: 'key:test',
    requestedAt: time.now,
  };
  await deps.due.markRunning({ tenantId, exportId, attempt: 1, at: time.now });
  await deps.exports.insert(record);
  return { tenantId, exportId, attempt: 1 };
}
