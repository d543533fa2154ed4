import { expect, test } from 'vitest';
import type { Catalog } from '../../../lib/core/catalog/catalog.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import { buildManifest } from '../../../lib/core/exports/manifest.ts';

const at = new Date('2026-03-01T10:00:00Z');
const catalog: Catalog = {
  sources: {},
  tables: [],
  excluded: [{ name: 'salaries', reason: 'Private.' }],
};
const record: ExportRecord = {
  tenantId: 'acme',
  id: 'e1',
  status: 'processing',
  attempt: 1,
  request: {
    tables: [{ name: 'orders' }],
    format: 'csv',
    compression: 'none',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  },
  requestedBy: 'key:k',
  requestedAt: at,
};
const manifestOf = (of: ExportRecord) =>
  buildManifest({ record: of, proven: [], failed: [], catalog, completedAt: at, expiresAt: at });

test('K11 the manifest of somebody who is limited to labels does not tell what is left out', () => {
  expect(manifestOf(record).excluded).toEqual([{ table: 'salaries', reason: 'Private.' }]);
  const limited = { ...record, request: { ...record.request, limited: true as const } };
  expect(manifestOf(limited).excluded).toEqual([]);
});
