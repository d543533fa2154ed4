import type { Services } from '../../../functions/services.ts';
import type { AuditEvent, AuditFacts } from '../../../lib/core/audit/audit-event.ts';
import type { Denial } from '../../../lib/core/audit/denials.ts';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import type { Starter } from '../../../lib/core/exports/starter.ts';
import type { PartRecord, TableRecord } from '../../../lib/core/exports/table-record.ts';
import type { LinkRecord } from '../../../lib/core/links/link-record.ts';
import type { LogFields } from '../../../lib/core/log.ts';
import type { OperatorPrincipal } from '../../../lib/core/principal.ts';
import type { Receipt } from '../../../lib/core/retention/receipt.ts';
import type { Tenant } from '../../../lib/core/tenants/tenant.ts';
import { createAuthenticationThrottle } from '../../../lib/core/throttle/authentication-throttle.ts';
import { createCallerThrottles } from '../../../lib/core/throttle/caller-throttles.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import type { Endpoint } from '../../../lib/core/webhooks/endpoint.ts';
import { fakeEndpoints } from './fake-endpoints.ts';
import { fakeKeys, fakeSignIn } from './fake-keys.ts';
import { canaries, credentials, ids, now } from './fake-world.ts';

export { canaries, credentials, ids, now };

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly error?: unknown;
  readonly fields: LogFields;
}

export interface FakeWorld {
  readonly services: Services;
  readonly logs: LogLine[];
  readonly flagged: string[];
  /** Every call of a service that does work, by name with its arguments. */
  readonly calls: { readonly name: string; readonly input: unknown }[];
  /** Every event of the audit log, by chain, in its order. */
  readonly events: { readonly chain: string; readonly facts: AuditFacts }[];
  readonly denials: Denial[];
}

/** Services over a few rows in memory; `changes` replaces some of them. */
export function fakeWorld(changes: Partial<Services> = {}): FakeWorld {
  const logs: LogLine[] = [];
  const flagged: string[] = [];
  const calls: FakeWorld['calls'] = [];
  const events: FakeWorld['events'] = [];
  const denials: Denial[] = [];
  const note = (name: string, input: unknown) => calls.push({ name, input });
  const services: Services = {
    catalog: {
      sources: {},
      tables: [table],
      excluded: [{ name: 'secrets', reason: 'Passwords.' }],
    },
    exports: fakeExports(note),
    links: fakeLinks(note),
    throttles: createCallerThrottles(() => now),
    receipts: {
      list: async ({ tenantId }, page) => {
        note('receipts.list', page);
        return { items: tenantId === ids.tenant ? [receipt] : [] };
      },
      get: async ({ tenantId }, receiptId) => {
        if (tenantId === ids.tenant && receiptId === ids.receipt) return receipt;
        throw new SluiceError('not_found', { message: 'There is no receipt with this id.' });
      },
    },
    describeTables: async (tenantSourceId) => {
      note('describeTables', tenantSourceId);
      return [
        {
          table,
          columns: [
            { name: 'id', type: 'integer', sourceType: 'int8', nullable: false, key: true },
          ],
        },
        {
          table: { ...table, name: 'users' },
          failure: { code: 'table_missing', message: 'Gone.' },
        },
      ];
    },
    endpoints: fakeEndpoints(note, { endpoint, delivery }),
    keys: fakeKeys(note, flagged),
    checkOperator: async (presented): Promise<OperatorPrincipal | undefined> =>
      presented === credentials.operator ? { kind: 'operator', scopes: ['operator'] } : undefined,
    signIn: fakeSignIn,
    authenticationThrottle: createAuthenticationThrottle(() => now),
    tenants: {
      setIssuers: async (tenantId, issuers) => {
        note('tenants.setIssuers', { tenantId, issuers });
        return { ...tenant, issuers };
      },
      create: async (wish) => {
        note('tenants.create', wish);
        return { tenant: { ...tenant, ...wish }, isReplay: false };
      },
      get: async (tenantId) => {
        if (tenantId !== tenant.id) throw new SluiceError('not_found');
        return tenant;
      },
      list: async (page) => {
        note('tenants.list', page);
        return { items: [tenant] };
      },
    },
    audit: {
      record: async (chain, facts) => void events.push({ chain, facts }),
      list: async (chain, filter, page) => {
        note('audit.list', { chain, filter, page });
        return { items: [auditEvent], nextCursor: '202611-7' };
      },
      verify: async (chain) => ({
        ok: true,
        chain,
        fromSeq: 1,
        toSeq: 0,
        headHash: auditEvent.hash,
        unsealed: 0,
      }),
    },
    recordDenial: async (denial) => void denials.push(denial),
    signer: {
      sign: async () => 'a.b.c',
      signDetached: async () => 'a..c',
      publicKeys: async () => ({
        keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'k1', d: canaries.sealed }],
      }),
    },
    readiness: async () => [{ name: 'tables', required: true, ok: true }],
    clock: () => now,
    log: {
      info: (message, fields = {}) => logs.push({ level: 'info', message, fields }),
      warn: (message, fields = {}) => logs.push({ level: 'warn', message, fields }),
      error: (message, error, fields = {}) => logs.push({ level: 'error', message, error, fields }),
    },
    ...changes,
  };
  return { services, logs, flagged, calls, events, denials };
}

export const auditEvent: AuditEvent = {
  seq: 7,
  id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  tenantId: ids.tenant,
  time: now.toISOString(),
  action: 'webhook.create',
  actor: { type: 'key', id: 'owner', addressPrefix: '203.0.113.0/24' },
  target: { type: 'webhook', id: ids.webhook },
  outcome: { result: 'failure', reason: 'webhook_url_refused' },
  request: { id: '=1+1', route: 'createWebhook' },
  details: { fields: ['url', 'events'] },
  schemaVersion: 1,
  prevHash: 'a'.repeat(64),
  hash: 'b'.repeat(64),
};

export const starter: Starter = {
  startExport: async () => {},
  startDelivery: async () => {},
  exportState: async () => 'missing',
  startLane: async () => {},
  laneState: async () => 'missing',
  purgeExport: async () => {},
};

type Note = (name: string, input: unknown) => void;

function fakeExports(note: Note): Services['exports'] {
  const find = (tenantId: string, exportId: string): ExportRecord => {
    const found = [running, ready].find(({ id }) => id === exportId);
    if (found?.tenantId === tenantId) return found;
    throw new SluiceError('not_found', { message: 'There is no export with this id.' });
  };
  return {
    request: async (order) => {
      note('exports.request', order);
      const { startedAt, ...pending } = running;
      return { record: { ...pending, status: 'pending' }, isReplay: false };
    },
    list: async ({ tenantId }, filter, page) => {
      note('exports.list', { tenantId, filter, page });
      return { items: [ready, running], nextCursor: 'next' };
    },
    get: async ({ tenantId }, exportId) => ({
      record: find(tenantId, exportId),
      tables: tablesOf(exportId),
    }),
    manifest: async ({ tenantId }, exportId, form) => {
      find(tenantId, exportId);
      return Buffer.from(form === 'json' ? '{"version":1}\n' : 'a..c');
    },
    cancel: async ({ tenantId }, exportId) => find(tenantId, exportId),
    retry: async ({ tenantId }, exportId) => find(tenantId, exportId),
    remove: async ({ tenantId }, exportId, requestedBy) => {
      note('exports.remove', { tenantId, exportId, requestedBy });
      return find(tenantId, exportId);
    },
  };
}

function fakeLinks(note: Note): Services['links'] {
  const requireOwn = (tenantId: string, exportId: string) => {
    if (tenantId === ids.tenant && exportId === ids.ready) return;
    throw new SluiceError('not_found', { message: 'There is no export with this id.' });
  };
  return {
    issueFiles: async (order) => {
      note('links.issueFiles', order);
      requireOwn(order.principal.tenantId, order.exportId);
      if ((order.minutes ?? 0) > 480) throw new SluiceError('link_lifetime_too_long');
      const url = `https://store.example/${part.name}?${canaries.link}`;
      const { name, bytes, sha256, rows } = part;
      return { linkId: 'l1', expiresAt: now, files: [{ name, bytes, sha256, rows, url }] };
    },
    issueToken: async (order) => {
      note('links.issueToken', order);
      requireOwn(order.principal.tenantId, order.exportId);
      const baseUrl = 'https://store.example/exp-1/';
      return { baseUrl, sasToken: `?${canaries.link}`, files: [part.name] };
    },
    noteFetched: async (order) => {
      note('links.noteFetched', order);
      requireOwn(order.principal.tenantId, order.exportId);
      return { ...ready, fetched: { files: order.files.length, at: now } };
    },
    list: async ({ tenantId }, exportId, page) => {
      note('links.list', page);
      requireOwn(tenantId, exportId);
      return { items: [link] };
    },
  };
}

export const table: CatalogTable = {
  name: 'orders',
  source: 'main',
  from: 'CANARY_schema.orders',
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: ['id'],
  labels: { system: 'shop' },
  description: 'Every order.',
};

export const running: ExportRecord = {
  tenantId: ids.tenant,
  id: ids.running,
  status: 'processing',
  attempt: 1,
  request: {
    tables: [{ name: 'orders' }],
    format: 'csv',
    compression: 'gzip',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  },
  requestedBy: 'key:owner',
  requestedAt: new Date('2026-11-20T11:00:00Z'),
  startedAt: new Date('2026-11-20T11:50:00Z'),
};

export const ready: ExportRecord = {
  ...running,
  id: ids.ready,
  status: 'partially_ready',
  completedAt: new Date('2026-11-20T11:55:00Z'),
  expiresAt: new Date('2026-11-27T11:55:00Z'),
  totals: { tables: 1, files: 1, rows: 7, bytes: 70, uncompressedBytes: 700 },
  manifest: { sha256: 'f'.repeat(64), revision: 1 },
};

const part: PartRecord = {
  exportId: ids.ready,
  tableIndex: 0,
  partIndex: 1,
  name: 'orders-00001.csv.gz',
  rows: 7,
  bytes: 70,
  uncompressedBytes: 700,
  sha256: 'e'.repeat(64),
};

function tablesOf(exportId: string): readonly TableRecord[] {
  const base = { exportId, index: 0, name: 'orders', source: 'main', attempt: 1, countedRows: 10 };
  const failure = { code: 'statement_timeout', message: 'Too slow.' } as const;
  if (exportId === ids.running) {
    return [{ ...base, status: 'running', rows: 5, bytes: 50, updatedAt: now, failure }];
  }
  return [
    { ...base, status: 'ready', countedRows: 7, rows: 7, bytes: 70, parts: 1, snapshotAt: now },
    { ...base, index: 1, name: 'users', status: 'failed', rows: 0, bytes: 0, failure },
  ];
}

const link: LinkRecord = {
  tenantId: ids.tenant,
  exportId: ids.ready,
  id: 'l1',
  kind: 'file',
  fileCount: 1,
  names: [part.name],
  createdBy: 'key:owner',
  createdAt: now,
  expiresAt: now,
  callerAddress: '203.0.113.9',
};

export const receipt: Receipt = {
  id: ids.receipt,
  tenantId: ids.tenant,
  kind: 'export',
  exportId: ids.ready,
  reason: 'request',
  requestedBy: 'key:owner',
  files: 4,
  bytes: 700,
  deletedAt: now,
  verifiedGoneAt: now,
  signature: 'a.b.c',
};

export const endpoint: Endpoint = {
  tenantId: ids.tenant,
  id: ids.webhook,
  url: 'https://hooks.example/in',
  events: ['export.completed'],
  auth: { kind: 'basic', username: 'sluice' },
  sealedSigningSecret: canaries.sealed,
  sealedAuthSecret: canaries.sealed,
  sealedPreviousSecret: canaries.sealed,
  sealedConsentCode: canaries.sealed,
  createdBy: 'key:owner',
  createdAt: now,
  verifiedAt: now,
  verifiedBy: 'challenge',
};

export const delivery: Delivery = {
  tenantId: ids.tenant,
  id: ids.delivery,
  endpointId: ids.webhook,
  exportId: ids.ready,
  type: 'export.completed',
  webhookId: 'msg_1',
  body: canaries.internal,
  status: 'delivered',
  createdAt: now,
  attempts: [
    { at: now, durationMs: 12, error: 'timeout' },
    { at: now, durationMs: 7, status: 204 },
  ],
};

export const tenant: Tenant = {
  id: ids.tenant,
  name: 'Acme',
  region: 'westeurope',
  sourceId: 'acme-7',
  createdAt: now,
  wrappedDataKey: canaries.dataKey,
};
