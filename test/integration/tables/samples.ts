import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import type { PartRecord, TableRecord } from '../../../lib/core/exports/table-record.ts';
import { newestFirstId } from '../../../lib/core/ids.ts';
import type { KeyRecord } from '../../../lib/core/keys/key-record.ts';
import type { LinkRecord } from '../../../lib/core/links/link-record.ts';
import type { Receipt } from '../../../lib/core/retention/receipt.ts';
import type { Tenant } from '../../../lib/core/tenants/tenant.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import type { Endpoint } from '../../../lib/core/webhooks/endpoint.ts';

/** A moment so many milliseconds after the beginning of these tests' time. */
export function at(ms: number): Date {
  return new Date(Date.UTC(2026, 2, 1, 10) + ms);
}

/** Text that breaks whatever treats text carelessly. */
export const awkwardText = `O'Brien & "Söhne" <日本> 🙂 a/b\\c#d?e%f\t\n\u0000 '' end `;

export function exportOf(changes: Partial<ExportRecord> = {}): ExportRecord {
  const requestedAt = changes.requestedAt ?? at(0);
  return {
    tenantId: 'acme',
    id: newestFirstId(requestedAt),
    status: 'pending',
    attempt: 1,
    request: {
      tables: [{ name: 'orders' }, { name: 'users', columns: ['id', 'e-mail'] }],
      format: 'csv',
      compression: 'gzip',
      dialect: 'data',
      packaging: 'files',
      consistency: 'table',
    },
    requestedBy: 'key:A1b2C3d4E5f6',
    requestedAt,
    ...changes,
  };
}

/** Every optional field set. */
export function fullExport(): ExportRecord {
  return exportOf({
    status: 'partially_ready',
    attempt: 3,
    retriedAt: at(8),
    startedAt: at(1),
    completedAt: at(2),
    expiresAt: at(3),
    cancelRequestedAt: at(4),
    closingAt: at(5),
    deletion: { at: at(6), reason: 'request', requestedBy: 'key:x', files: 7, bytes: 2 ** 45 },
    totals: { tables: 2, files: 3, rows: 4, bytes: 2 ** 40, uncompressedBytes: 2 ** 50 },
    manifest: { sha256: 'ab'.repeat(32), revision: 2 },
    fetched: { files: 2, at: at(7) },
    error: { code: 'table_missing', message: awkwardText },
  });
}

export function tableOf(changes: Partial<TableRecord> = {}): TableRecord {
  return {
    exportId: 'e1',
    index: 0,
    name: 'orders',
    source: 'app',
    status: 'pending',
    attempt: 1,
    rows: 0,
    bytes: 0,
    ...changes,
  };
}

export function fullTable(): TableRecord {
  return tableOf({
    columns: ['id', awkwardText],
    status: 'failed',
    writer: 'w1',
    countedRows: 2_000_000,
    rows: 1_999_999,
    bytes: 2 ** 42,
    snapshotAt: at(1),
    startedAt: at(2),
    updatedAt: at(3),
    shape: [
      { name: 'id', type: 'integer', sourceType: 'bigint', nullable: false, key: true },
      { name: awkwardText, type: 'text', sourceType: 'text', nullable: true, key: false },
    ],
    failure: { code: 'statement_timeout', message: 'Reading the table took too long.' },
  });
}

export function partOf(tableIndex: number, partIndex: number): PartRecord {
  const name = `t${tableIndex}-${String(partIndex).padStart(5, '0')}.csv.gz`;
  const sha256 = 'cd'.repeat(32);
  const sizes = { rows: 1_000_000, bytes: 3_000_000_000, uncompressedBytes: 9_000_000_000 };
  return { exportId: 'e1', tableIndex, partIndex, name, ...sizes, sha256 };
}

export function tenantOf(id: string, changes: Partial<Tenant> = {}): Tenant {
  return {
    id,
    name: awkwardText,
    region: 'westeurope',
    sourceId: `source of ${id}`,
    createdAt: at(0),
    wrappedDataKey: 'd3JhcHBlZA==',
    ...changes,
  };
}

export function keyOf(id: string, changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id,
    tenantId: 'acme',
    name: awkwardText,
    secretHash: 'ef'.repeat(32),
    pepperVersion: '0123456789abcdef',
    scopes: ['exports:run', 'links:create'],
    createdBy: 'operator',
    createdAt: at(0),
    expiresAt: at(86_400_000),
    lifeDays: 1,
    ...changes,
  };
}

export function linkOf(id: string, changes: Partial<LinkRecord> = {}): LinkRecord {
  return {
    tenantId: 'acme',
    exportId: 'e1',
    id,
    kind: 'file',
    fileCount: 2,
    names: ['orders-00001.csv.gz', 'manifest.json'],
    createdBy: 'key:A1b2C3d4E5f6',
    createdAt: at(0),
    expiresAt: at(3_600_000),
    ...changes,
  };
}

export function endpointOf(id: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    tenantId: 'acme',
    id,
    url: `https://example.com/hook?x=${encodeURIComponent(awkwardText)}`,
    events: ['export.completed', 'export.failed'],
    auth: { kind: 'none' },
    sealedSigningSecret: 'AQID',
    sealedConsentCode: 'BAUG',
    createdBy: 'key:A1b2C3d4E5f6',
    createdAt: at(0),
    ...changes,
  };
}

export function deliveryOf(id: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    tenantId: 'acme',
    id,
    endpointId: 'ep1',
    exportId: 'e1',
    type: 'export.completed',
    webhookId: `msg_${id}`,
    body: JSON.stringify({ text: awkwardText }),
    status: 'pending',
    createdAt: at(0),
    attempts: [],
    ...changes,
  };
}

export function receiptOf(id: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    id,
    tenantId: 'acme',
    kind: 'export',
    exportId: id,
    reason: 'retention',
    files: 3,
    bytes: 2 ** 41,
    deletedAt: at(1),
    verifiedGoneAt: at(2),
    signature: 'a.b.c',
    ...changes,
  };
}
