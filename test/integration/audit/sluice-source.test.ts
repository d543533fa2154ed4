import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSluiceSource } from '../../../lib/adapters/sources/sluice/create-sluice-source.ts';
import { operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { retireMonths } from '../../../lib/core/audit/retire-months.ts';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import type { Column } from '../../../lib/core/sources/column.ts';
import type { Source } from '../../../lib/core/sources/source.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { catalogTable } from '../sources/catalog-table.ts';
import { drain, failureOf } from '../sources/read-stream.ts';
import { type ChainWorld, chainWorld, eventsOf, factsOf, recordMany } from './chain-world.ts';

// The promises of source-contract.ts, for a source whose rows no SQL can make.
let azurite: Azurite;
let world: ChainWorld;
let source: Source;
beforeAll(async () => {
  azurite = await startAzurite();
});
beforeEach(async () => {
  world = await chainWorld(azurite, '2026-10-31T23:00:00.000Z');
  await recordMany(world, 3);
  world.time.now = new Date('2026-11-01T00:00:00.000Z');
  await recordMany(world, 2, 4);
  await world.audit.record('umbrella', factsOf('theirs'));
  await world.audit.record(operatorChain, factsOf('operators'));
  source = createSluiceSource({ auditRows: world.store });
});
afterAll(() => azurite.stop());

const log = catalogTable('audit_log', { key: ['seq'] });

function open(tenantId: string | undefined, signal = new AbortController().signal) {
  const tenant = tenantId === undefined ? {} : { tenantId };
  // The vendor's own id of the tenant is the same for both; it decides nothing here.
  return source.openSnapshot({ tenantSourceId: 'shared', ...tenant, tables: [log], signal });
}

async function cellsOf(tenantId: string, rowsMax?: number) {
  await using snapshot = await open(tenantId);
  const columns = await snapshot.describe(log);
  return await drain(await snapshot.stream({ table: log, columns }), rowsMax);
}

describe('the source sluice', () => {
  test('K9 gives the whole log of a tenant, as it is, over all months', async () => {
    const events = await eventsOf(world.store);
    const { cells } = await cellsOf('acme');
    expect(cells).toEqual(
      events.map((event) => [
        String(event.seq),
        event.id,
        'acme',
        event.time,
        'export.start',
        'key',
        'A1b2C3d4E5f6',
        '203.0.113.0/24',
        'export',
        String(event.seq),
        'success',
        null,
        `r-${event.seq}`,
        null,
        'createExport',
        null,
        '1',
        event.prevHash,
        event.hash,
      ]),
    );
  });

  test('describes its columns, and knows the key of the catalog', async () => {
    await using snapshot = await open(undefined);
    const columns = await snapshot.describe(log);
    expect(columns.filter(({ key }) => key).map(({ name }) => name)).toEqual(['seq']);
    expect(columns.find(({ name }) => name === 'time')).toEqual({
      name: 'time',
      type: 'timestamp',
      sourceType: 'timestamp',
      nullable: false,
      key: false,
    });
  });

  test('K3 gives each tenant its own chain, the same number as it counts', async () => {
    for (const [tenant, rows] of Object.entries({ acme: 5, umbrella: 1, nobody: 0, shared: 0 })) {
      await using snapshot = await open(tenant);
      const columns = await snapshot.describe(log);
      expect(await snapshot.count({ table: log, columns })).toBe(rows);
      const { cells } = await drain(await snapshot.stream({ table: log, columns }));
      expect(cells.map((row) => row[2])).toEqual(Array(rows).fill(tenant));
    }
  });

  test('K3 never reads without a tenant or without isolation', async () => {
    await using nobody = await open(undefined);
    const columns = await nobody.describe(log);
    await expect(nobody.count({ table: log, columns })).rejects.toThrow(TypeError);
    await expect(nobody.stream({ table: log, columns })).rejects.toThrow(TypeError);
    await using snapshot = await open('acme');
    const bare = catalogTable('audit_log', { key: ['seq'], tenant: {} });
    await expect(snapshot.describe(bare)).rejects.toMatchObject({ code: 'permission_denied' });
    const call = { tenantSourceId: '', tables: [log], signal: new AbortController().signal };
    await expect(source.openSnapshot(call)).rejects.toThrow(TypeError);
  });

  test.each([1, 2, 1_000_000])('never gives more than %i rows at once', async (rowsMax) => {
    const { batchRows, cells } = await cellsOf('acme', rowsMax);
    expect(Math.max(...batchRows)).toBeLessThanOrEqual(rowsMax);
    expect(cells.map(([seq]) => seq)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('gives the chosen columns in the chosen order, and the end again when asked again', async () => {
    await using snapshot = await open('acme');
    const all = await snapshot.describe(log);
    const columns = ['target_id', 'seq'].flatMap((name) => all.filter((one) => one.name === name));
    const stream = await snapshot.stream({ table: log, columns });
    const { cells } = await drain(stream);
    expect(cells).toEqual(['1', '2', '3', '4', '5'].map((id) => [id, id]));
    expect([await stream.read(10), await stream.read(10)]).toEqual([undefined, undefined]);
  });

  test('X1 sees one moment: events that come meanwhile change nothing', async () => {
    await using snapshot = await open('acme');
    const columns = await snapshot.describe(log);
    const stream = await snapshot.stream({ table: log, columns });
    await stream.read(1);
    await recordMany(world, 3, 6);
    const { cells } = await drain(stream);
    expect(cells.map(([seq]) => seq)).toEqual(['2', '3', '4', '5']);
    expect(await snapshot.count({ table: log, columns })).toBe(5);
  });

  test('X1 counts an event that is gone, and stops at one that was altered', async () => {
    await world.table.deleteEntity('acme_202610', '000000000002');
    await using snapshot = await open('acme');
    const columns = await snapshot.describe(log);
    expect(await snapshot.count({ table: log, columns })).toBe(5);
    expect((await drain(await snapshot.stream({ table: log, columns }))).cells.length).toBe(4);
    const row = { partitionKey: 'acme_202611', rowKey: '000000000004', action: 'export.delete' };
    await world.table.updateEntity(row, 'Merge');
    const failing = await snapshot.stream({ table: log, columns });
    expect((await failureOf(drain(failing))).code).toBe('query_failed');
  });

  test('X1 is read again when a month is retired while it is read', async () => {
    await using snapshot = await open('acme');
    const columns = await snapshot.describe(log);
    expect(await snapshot.count({ table: log, columns })).toBe(5);
    world.time.now = new Date('2027-12-05T00:00:00.000Z');
    const { store: auditRows, seals: headSeals, audit, signer, clock } = world;
    const quiet = { info() {}, warn() {}, error() {} };
    await retireMonths({ auditRows, headSeals, audit, signer, clock, log: quiet });
    const failure = await failureOf(drain(await snapshot.stream({ table: log, columns })));
    expect(failure.code).toBe('table_changed');
    await using next = await open('acme');
    const counted = await next.count({ table: log, columns });
    expect((await drain(await next.stream({ table: log, columns }))).cells.length).toBe(counted);
  });

  test('K3 fails at an event of another tenant, wherever the storage took it from', async () => {
    async function* misled(...query: Parameters<typeof world.store.list>) {
      for await (const row of world.store.list(...query)) {
        const { event } = row;
        yield event?.seq === 4 ? { ...row, event: { ...event, tenantId: 'umbrella' } } : row;
      }
    }
    source = createSluiceSource({ auditRows: { ...world.store, list: misled } });
    expect((await failureOf(cellsOf('acme'))).code).toBe('isolation_broken');
  });

  test('ends with `cancelled` when it is aborted or closed', async () => {
    const abort = new AbortController();
    const snapshot = await open('acme', abort.signal);
    const columns = await snapshot.describe(log);
    const stream = await snapshot.stream({ table: log, columns });
    await stream.read(1);
    await expect(snapshot.stream({ table: log, columns })).rejects.toThrow(TypeError);
    abort.abort();
    expect((await failureOf(stream.read(1))).code).toBe('cancelled');
    expect((await failureOf(open('acme', abort.signal))).code).toBe('cancelled');
    const other = await open('acme');
    const left = await other.stream({ table: log, columns });
    await left.read(1);
    await source.close();
    expect((await failureOf(left.read(1))).code).toBe('cancelled');
  });

  test('says which table or column is missing', async () => {
    await using snapshot = await open('acme');
    const gone: CatalogTable = catalogTable('keys');
    expect((await failureOf(snapshot.describe(gone))).code).toBe('table_missing');
    const noKey = catalogTable('audit_log', { key: ['uid'] });
    expect((await failureOf(snapshot.describe(noKey))).code).toBe('column_missing');
    const shoe: Column[] = [
      { name: 'shoe', type: 'text', sourceType: 'text', nullable: true, key: false },
    ];
    expect((await failureOf(snapshot.stream({ table: log, columns: shoe }))).code).toBe(
      'column_missing',
    );
  });
});
