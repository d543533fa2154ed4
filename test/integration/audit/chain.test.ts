import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditStore } from '../../../lib/core/audit/audit-store.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores } from '../tables/fresh-stores.ts';
import { startLossyProxy } from '../tables/lossy-proxy.ts';
import { chainWorld, eventsOf, factsOf, recordMany } from './chain-world.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

describe('a chain', () => {
  test('K8 holds what was handed over, linked and numbered from 1', async () => {
    const world = await chainWorld(azurite);
    await recordMany(world, 3);
    const events = await eventsOf(world.store);
    expect(events).toEqual(
      [1, 2, 3].map((seq) => ({
        ...factsOf(String(seq)),
        seq,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        tenantId: 'acme',
        time: '2026-10-05T12:00:00.000Z',
        schemaVersion: 1,
        prevHash: seq === 1 ? '0'.repeat(64) : events[seq - 2]?.hash,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      })),
    );
    expect(await world.verify()).toEqual({
      ok: true,
      chain: 'acme',
      fromSeq: 1,
      toSeq: 3,
      headHash: events[2]?.hash,
      unsealed: 3,
    });
  });

  test('takes what arrives together in a few writes', async () => {
    const world = await chainWorld(azurite);
    let writes = 0;
    const counting: AuditStore = {
      ...world.store,
      append(order) {
        writes++;
        return world.store.append(order);
      },
    };
    const audit = world.open(counting);
    await Promise.all(Array.from({ length: 200 }, (_, n) => audit.record('acme', factsOf(`${n}`))));
    expect(writes).toBeLessThanOrEqual(4);
    expect(await world.verify()).toMatchObject({ ok: true, toSeq: 200 });
  });

  test('K3 is one per tenant, whatever the tenants are called', async () => {
    const world = await chainWorld(azurite);
    const chains = ['a', 'a-b', 'a-', 'operator', '_operator', '202610', 'a-202610'];
    await Promise.all(chains.map((chain) => world.audit.record(chain, factsOf(chain))));
    for (const chain of chains) {
      expect((await eventsOf(world.store, chain)).map(({ target }) => target?.id)).toEqual([chain]);
      expect(await world.verify(chain)).toMatchObject({ ok: true, toSeq: 1 });
    }
  });

  test('holds an event that is handed over twice once, even in the same write', async () => {
    const world = await chainWorld(azurite);
    const [one, other] = [world.audit, world.open()];
    const record = (audit: typeof one, key: string) =>
      audit.recordOnce('acme', ['done', key], factsOf(key));
    await Promise.all([record(one, 'x'), record(one, 'x'), record(other, 'x'), record(other, 'y')]);
    await Promise.all([record(one, 'x'), record(other, 'y')]);
    const ids = (await eventsOf(world.store)).map(({ target }) => target?.id);
    expect(ids.toSorted()).toEqual(['x', 'y']);
    expect(await world.verify()).toMatchObject({ ok: true, toSeq: 2 });
  });

  test('goes on after a write whose answer was lost, and holds its event once', async () => {
    const world = await chainWorld(azurite);
    await using proxy = await startLossyProxy(azurite.ports.table);
    const connection = azurite.connectionString.replace(azurite.tableUrl, proxy.url);
    const audit = world.open(freshStores(connection, world.prefix).auditRows);
    await audit.record('acme', factsOf('1'));
    proxy.loseNextAnswer('POST');
    await audit.record('acme', factsOf('2'));
    await audit.record('acme', factsOf('3'));
    expect(proxy.lost()).toBe(1);
    expect((await eventsOf(world.store)).map(({ target }) => target?.id)).toEqual(['1', '2', '3']);
    expect(await world.verify()).toMatchObject({ ok: true, toSeq: 3 });
  });
});

describe('a new month', () => {
  test('goes on with the number and the hash of the old one', async () => {
    const world = await chainWorld(azurite, '2026-10-31T23:59:59.999Z');
    await recordMany(world, 2);
    world.time.now = new Date('2026-11-01T00:00:00.000Z');
    await recordMany(world, 2, 3);
    expect(await world.store.months('acme')).toEqual(['202610', '202611']);
    expect((await eventsOf(world.store)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await world.verify()).toMatchObject({ ok: true, toSeq: 4 });
  });

  test('begins once when many begin it, with clocks that differ', async () => {
    const world = await chainWorld(azurite, '2026-10-31T23:59:59.000Z');
    await recordMany(world, 1);
    const logs = [0, 1, 2, 3].map(() => world.open());
    world.time.now = new Date('2026-11-01T00:00:00.500Z');
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => logs[n % 4]?.record('acme', factsOf(`n${n}`))),
    );
    world.time.now = new Date('2026-10-31T23:59:59.999Z');
    await recordMany(world, 2, 100);
    expect(await world.verify()).toMatchObject({ ok: true, toSeq: 43 });
    expect((await world.store.findHead('acme', '202610'))?.value).toMatchObject({
      seq: 1,
      closedTo: '202611',
    });
  });

  test('holds once what is handed over again in the month after', async () => {
    const world = await chainWorld(azurite, '2026-10-31T23:59:59.000Z');
    await world.audit.recordOnce('acme', ['done'], factsOf('x'));
    world.time.now = new Date('2026-11-01T00:00:10.000Z');
    await world.audit.recordOnce('acme', ['done'], factsOf('x'));
    expect((await eventsOf(world.store)).length).toBe(1);
  });

  const steps = ['announceMonth', 'replaceHead', 'insertHead', 'append'] as const;
  test.each(steps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
    'that died at %s (%s it was done) is finished by whoever comes next',
    async (step, when) => {
      const world = await chainWorld(azurite, '2026-10-31T12:00:00.000Z');
      await recordMany(world, 2);
      world.time.now = new Date('2026-11-02T12:00:00.000Z');
      const dying = world.open(dyingStore(world.store, step, when));
      await expect(dying.record('acme', factsOf('lost'))).rejects.toMatchObject({
        code: 'audit_unavailable',
      });
      world.time.now = new Date('2026-12-02T12:00:00.000Z');
      await world.open().record('acme', factsOf('next'));
      const ids = (await eventsOf(world.store)).map(({ target }) => target?.id);
      const wasStored = step === 'append' && when === 'after';
      expect(ids).toEqual(wasStored ? ['1', '2', 'lost', 'next'] : ['1', '2', 'next']);
      expect(await world.verify()).toMatchObject({ ok: true, toSeq: ids.length });
    },
  );
});

describe('a chain that cannot be written', () => {
  test('S37 says so to everybody who waits, and takes the next event once the storage is back', async () => {
    const world = await chainWorld(azurite);
    let isDown = true;
    const store: AuditStore = {
      ...world.store,
      append: async (order) => {
        if (isDown) throw new Error('connection refused with sig=secret');
        return world.store.append(order);
      },
    };
    const audit = world.open(store);
    const waiting = Array.from({ length: 150 }, (_, n) => audit.record('acme', factsOf(`${n}`)));
    const ends = await Promise.allSettled(waiting);
    expect(ends.map(({ status }) => status)).toEqual(Array(150).fill('rejected'));
    for (const end of ends) {
      if (end.status === 'rejected')
        expect(end.reason).toMatchObject({ code: 'audit_unavailable' });
    }
    isDown = false;
    await audit.record('acme', factsOf('back'));
    expect((await eventsOf(world.store)).map(({ target }) => target?.id)).toEqual(['back']);
  });
});

function dyingStore(
  store: AuditStore,
  step: 'announceMonth' | 'replaceHead' | 'insertHead' | 'append',
  when: 'before' | 'after',
): AuditStore {
  const die = async (act: () => Promise<unknown>): Promise<never> => {
    if (when === 'after') await act();
    throw new Error('the process is gone');
  };
  const deaths: AuditStore = {
    ...store,
    announceMonth: (...args) => die(() => store.announceMonth(...args)),
    replaceHead: (...args) => die(() => store.replaceHead(...args)),
    insertHead: (...args) => die(() => store.insertHead(...args)),
    append: (order) => die(() => store.append(order)),
  };
  return { ...store, [step]: deaths[step] };
}
