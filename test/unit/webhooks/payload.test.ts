import { randomInt } from 'node:crypto';
import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { buildPayload, type ExportEvent, sequenceOf } from '../../../lib/core/webhooks/payload.ts';

const event: ExportEvent = {
  type: 'export.partially_completed',
  tenantId: 'acme',
  exportId: '7vz0example',
  attempt: 1,
  at: new Date('2026-11-20T10:05:00Z'),
  status: 'partially_ready',
  requestedAt: new Date('2026-11-20T10:00:00Z'),
  expiresAt: new Date('2026-11-27T10:05:00Z'),
  tables: ['devices', 'users'],
  failedTables: [{ name: 'tickets', code: 'statement_timeout' }],
  rows: 1200,
  bytes: 34_567,
  manifestSha256: 'ab'.repeat(32),
};

describe('L1 the payload of a webhook', () => {
  test('says which export and which tables, and nothing that is not in the contract', () => {
    expect(JSON.parse(buildPayload(event))).toEqual({
      type: 'export.partially_completed',
      timestamp: '2026-11-20T10:05:00.000Z',
      sequence: 2,
      tenantId: 'acme',
      invocationId: '7vz0example',
      exportDate: '2026-11-20T10:00:00.000Z',
      status: 'partially_ready',
      tables: ['devices', 'users'],
      failedTables: [{ name: 'tickets', code: 'statement_timeout' }],
      expirationDate: '2026-11-27T10:05:00.000Z',
      rows: 1200,
      bytes: 34_567,
      manifestSha256: 'ab'.repeat(32),
    });
  });

  test('takes no field along that an event should not have had', () => {
    const link = 'https://account.example/?sig=secret';
    const failedTables = [{ name: 'a', code: 'query_failed' as const, message: link }];
    const careless = { ...event, failedTables, link };
    expect(buildPayload(careless)).not.toContain('secret');
  });

  test('leaves out what is not known yet', () => {
    const { expiresAt, manifestSha256, ...started } = event;
    const payload = JSON.parse(buildPayload(started));
    expect(payload).not.toHaveProperty('expirationDate');
    expect(payload).not.toHaveProperty('manifestSha256');
  });

  test('counts upwards over attempts and the end of the files', () => {
    const life = [
      { type: 'export.started', attempt: 1 },
      { type: 'export.failed', attempt: 1 },
      { type: 'export.started', attempt: 2 },
      { type: 'export.completed', attempt: 2 },
      { type: 'export.deleted', attempt: 2 },
    ] as const;
    expect(life.map(sequenceOf)).toEqual([1, 2, 3, 4, 5]);
  });

  test('of 5,000 tables of each kind is cut, keeps both kinds and says so', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `table_${index}`);
    const failedTables = names.map((name) => ({ name, code: 'permission_denied' as const }));
    const text = buildPayload({ ...event, tables: names, failedTables });
    const payload = JSON.parse(text);
    expect(payload.tablesTruncated).toBe(true);
    expect(payload.tables).toEqual(names.slice(0, payload.tables.length));
    expect(payload.failedTables).toEqual(failedTables.slice(0, payload.failedTables.length));
    expect(payload.tables.length).toBeGreaterThan(500);
    expect(payload.failedTables.length).toBeGreaterThan(100);
    expect(Buffer.byteLength(text)).toBeLessThan(limits.webhookBodyBytesMax);
    expect(Buffer.byteLength(text)).toBeGreaterThan(limits.webhookBodyBytesMax - 164);
  });

  test('keeps all names that fit, and cuts at the first byte too many', () => {
    const emptyBytes = Buffer.byteLength(buildPayload({ ...event, tables: [], failedTables: [] }));
    // 64 bytes are kept for the code that goes with the body to an unproven address.
    const bytesMax = limits.webhookBodyBytesMax - 64;
    const roomBytes = bytesMax - 1 - emptyBytes - 2;
    const fits = buildPayload({ ...event, tables: ['x'.repeat(roomBytes)], failedTables: [] });
    const cut = buildPayload({ ...event, tables: ['x'.repeat(roomBytes + 1)], failedTables: [] });
    expect(Buffer.byteLength(fits)).toBe(bytesMax - 1);
    expect(JSON.parse(fits)).not.toHaveProperty('tablesTruncated');
    expect(JSON.parse(cut)).toMatchObject({ tables: [], tablesTruncated: true });
  });

  test('is valid JSON below the limit and the same bytes twice, for any names', async () => {
    const seed = randomInt(2 ** 31);
    console.info(`payload property, seed ${seed}`);
    const name = string({ unit: 'binary', maxLength: 64 });
    const code = constantFrom('query_failed', 'login_too_powerful');
    const lists = tuple(
      array(name, { maxLength: 20, size: 'max' }),
      array(tuple(name, code), { maxLength: 20, size: 'max' }),
      integer({ min: 0, max: 100 }),
    );
    // The same names many times over: making thousands takes longer than what is tested.
    const holds = property(lists, ([fewTables, fewFailed, times]) => {
      const tables = Array.from({ length: times }, () => fewTables).flat();
      const failed = Array.from({ length: times }, () => fewFailed).flat();
      const failedTables = failed.map(([name, code]) => ({ name, code }) as const);
      const given = { ...event, tables, failedTables };
      const text = buildPayload(given);
      expect(Buffer.byteLength(text)).toBeLessThan(limits.webhookBodyBytesMax);
      expect(buildPayload(structuredClone(given))).toBe(text);
      const payload = JSON.parse(text);
      const whole = payload.tables.length === tables.length;
      expect(payload.tablesTruncated === true || whole).toBe(true);
    });
    await assert(holds, { seed, numRuns: 20 });
  }, 120_000);
});
