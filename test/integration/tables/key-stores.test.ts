import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import type { KeyNotice } from '../../../lib/core/keys/key-notice.ts';
import { createKeyService } from '../../../lib/core/keys/key-service.ts';
import {
  type OperatorPrincipal,
  ownerScopes,
  type UserPrincipal,
} from '../../../lib/core/principal.ts';
import { createNotifier } from '../../../lib/core/webhooks/announce.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { azuriteTable } from '../../support/azurite-table.ts';
import { changingSecrets } from '../../support/memory-keys.ts';
import { stampIn } from '../../support/residency.ts';
import { collect, freshStores, newPrefix, times } from './fresh-stores.ts';
import { at, awkwardText, endpointOf, keyOf, tenantOf } from './samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
const stores = () => freshStores(azurite.connectionString);

const dayMs = 86_400_000;
const operator: OperatorPrincipal = { kind: 'operator', scopes: ['operator'] };
const owner: UserPrincipal = {
  kind: 'user',
  tenantId: 'acme',
  userId: 'u1',
  role: 'owner',
  scopes: ownerScopes,
};
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** Two processes over one storage, each with clients of its own. */
async function twoProcesses(prefix = newPrefix()) {
  const pepper = randomBytes(32).toString('base64');
  const secrets = changingSecrets({ 'sluice-key-pepper': pepper });
  const process = () => {
    const own = freshStores(azurite.connectionString, prefix);
    const residency = stampIn('westeurope', own.tenants);
    const clock = () => at(0);
    const audit = createAuditLog({ store: own.auditRows, clock, random: Math.random });
    const notifier = createNotifier(own);
    const deps = { ...own, secrets, clock, log, residency, audit, notifier };
    return createKeyService({ ...deps, environment: 'live' });
  };
  const { tenants, keys, keyNotices } = freshStores(azurite.connectionString, prefix);
  await tenants.insert(tenantOf('acme'));
  return { one: process(), other: process(), keys, keyNotices, prefix };
}

const wish = { tenantId: 'acme', name: 'n', scopes: ['exports:run'] } as const;

describe('keys', () => {
  test('come back whole and are inserted once; ids that differ in case only are two keys', async () => {
    const { keys } = stores();
    const full = keyOf('ABCdef123456', {
      labels: { system: ['shop', awkwardText] },
      allowedAddresses: ['203.0.113.0/24', '2001:db8::/48'],
      renewableUntil: at(100),
      renewableDays: 100,
      takenBack: 2,
      exposureToldAt: at(7),
      rotatedFrom: 'ABCdef123450',
      rotatedTo: 'ABCdef123459',
      revokedAt: at(5),
      exposedAt: at(6),
    });
    expect(await keys.insert(full)).toBe(true);
    expect(await keys.insert(keyOf('ABCdef123456'))).toBe(false);
    expect(await keys.insert(keyOf('abcDEF123456'))).toBe(true);
    expect((await keys.find('ABCdef123456'))?.value).toEqual(full);
    expect((await keys.find('abcDEF123456'))?.value).toEqual(keyOf('abcDEF123456'));
    expect(await keys.find('ABCdef123457')).toBeUndefined();
  });

  test('change only from the version read', async () => {
    const { keys } = stores();
    await keys.insert(keyOf('ABCdef123456'));
    const { etag = '' } = (await keys.find('ABCdef123456')) ?? {};
    const revoked = keyOf('ABCdef123456', { revokedAt: at(5) });
    await keys.update(revoked, etag);
    await expect(keys.update(keyOf('ABCdef123456'), etag)).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    expect((await keys.find('ABCdef123456'))?.value).toEqual(revoked);
  });

  test('are listed newest first, page by page, each tenant its own, with the last use', async () => {
    const { keys } = stores();
    const all = [3, 2, 1].map((age) => keyOf(`${age}${'x'.repeat(11)}`, { createdAt: at(age) }));
    for (const record of [all[1], all[0], all[2]]) if (record) await keys.insert(record);
    await keys.insert(keyOf('foreign00000', { tenantId: 'other' }));
    const lastUse = { at: at(60_000), addressPrefix: '203.0.113.0/24' };
    await keys.noteUse(all[0]?.id ?? '', lastUse);
    const first = await keys.list('acme', { limit: 2 });
    const cursor = first.nextCursor ?? '';
    const second = await keys.list('acme', { limit: 2, cursor });
    expect([...first.items, ...second.items]).toEqual([
      { record: all[0], lastUse },
      { record: all[1] },
      { record: all[2] },
    ]);
    expect(second.nextCursor).toBeUndefined();
    expect(await keys.list('nobody', { limit: 2 })).toEqual({ items: [] });
  });

  test("an id that is another tenant's never shows that key in the list", async () => {
    const { keys } = stores();
    await keys.insert(keyOf('ABCdef123456', { tenantId: 'other' }));
    expect(await keys.insert(keyOf('ABCdef123456'))).toBe(false);
    expect(await keys.list('acme', { limit: 10 })).toEqual({ items: [] });
  });
});

describe('the last use', () => {
  test('only goes forward, and leaves the key itself untouched', async () => {
    const { keys } = stores();
    await keys.insert(keyOf('ABCdef123456'));
    const { etag } = (await keys.find('ABCdef123456')) ?? {};
    const [early, late] = [{ at: at(60_000) }, { at: at(120_000), addressPrefix: '1.2.3.0/24' }];
    expect(await keys.noteUse('ABCdef123456', late)).toBeUndefined();
    expect(await keys.noteUse('ABCdef123456', early)).toEqual(late);
    const [listed] = (await keys.list('acme', { limit: 1 })).items;
    expect(listed?.lastUse).toEqual(late);
    expect((await keys.find('ABCdef123456'))?.etag).toBe(etag);
  });

  test('of 40 writers at once no one fails, and the latest stands', async () => {
    const { keys } = stores();
    await keys.insert(keyOf('ABCdef123456'));
    await times(40, 40, (index) =>
      keys.noteUse('ABCdef123456', { at: at(60_000 * ((index * 7) % 40)) }),
    );
    await keys.noteUse('ABCdef123456', { at: at(60_000 * 40) });
    const [listed] = (await keys.list('acme', { limit: 1 })).items;
    expect(listed?.lastUse).toEqual({ at: at(60_000 * 40) });
  });
});

test('a pepper is known since it was first seen by anybody', async () => {
  const { keys } = stores();
  const seen = await times(10, 10, (index) => keys.pepperSeen('v1', at(index)));
  const since = await keys.pepperSeen('v1', at(99));
  expect(seen).toEqual(Array(10).fill(since));
  expect(await keys.pepperSeen('v1', at(100))).toEqual(since);
  expect(await keys.pepperSeen('v2', at(100))).toEqual(at(100));
});

describe('notices', () => {
  const noticeOf = (keyId: string, days: number, daysBefore: 14 | 7 | 1): KeyNotice => ({
    tenantId: 'acme',
    keyId,
    daysBefore,
    expiresAt: at(days * dayMs),
  });

  test('are found on their day and later, oldest first, until they are cleared', async () => {
    const { keyNotices } = stores();
    const [late, early, next] = [noticeOf('b', 8, 7), noticeOf('a', 14, 14), noticeOf('c', 3, 1)];
    for (const notice of [late, early, next, late]) await keyNotices.mark(notice);
    expect(await collect(keyNotices.listDue(at(-11 * 3_600_000)))).toEqual([]);
    expect(await collect(keyNotices.listDue(at(0)))).toEqual([early]);
    expect(await collect(keyNotices.listDue(at(dayMs)))).toEqual([early, late]);
    await keyNotices.clear(early);
    await keyNotices.clear(early);
    expect(await collect(keyNotices.listDue(at(5 * dayMs)))).toEqual([late, next]);
  });

  test('and what else is due share a table without seeing each other', async () => {
    const { keyNotices, due } = stores();
    const entry = { tenantId: 'acme', exportId: 'e1', at: at(0) };
    await due.markExpiry(entry);
    await due.markRunning({ ...entry, attempt: 1 });
    await keyNotices.mark(noticeOf('a', 14, 14));
    expect(await collect(due.listExpired(at(400 * dayMs)))).toEqual([entry]);
    expect(await collect(keyNotices.listDue(at(400 * dayMs)))).toEqual([noticeOf('a', 14, 14)]);
  });

  test('are marked when a key is made', async () => {
    const { one, keyNotices } = await twoProcesses();
    const { record } = await one.create(operator, wish);
    const due = await collect(keyNotices.listDue(record.expiresAt));
    expect(due.map(({ keyId, daysBefore }) => [keyId, daysBefore])).toEqual([
      [record.id, 14],
      [record.id, 7],
      [record.id, 1],
    ]);
  });
});

describe('two processes over one storage', () => {
  test('S11 a key revoked in one is refused in the other at once, rotated-out and expired ones too', async () => {
    const { one, other } = await twoProcesses();
    const { key, record } = await one.create(operator, wish);
    const rotated = await one.create(operator, wish);
    for (const text of [key, rotated.key]) await other.authenticate(text);
    await one.revoke(owner, record.id);
    await expect(other.authenticate(key)).rejects.toMatchObject({ code: 'unauthenticated' });
    const rotation = { keyId: rotated.record.id, overlapHours: 0 };
    const { key: successor } = await one.rotate(owner, rotation);
    await expect(other.authenticate(rotated.key)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(other.authenticate(successor)).resolves.toMatchObject({ kind: 'key' });
  });

  test('rotate a key at once: one of them wins, and two generations live', async () => {
    const { one, other, keys } = await twoProcesses();
    const { record } = await one.create(operator, wish);
    const results = await Promise.allSettled(
      [one, other, one, other].map((process) => process.rotate(owner, { keyId: record.id })),
    );
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    const { items } = await keys.list('acme', { limit: 50 });
    const live = items.filter((item) => item.record.revokedAt === undefined);
    // Made in one moment of the test's clock, so their order is not promised.
    expect(live.map((item) => item.record.id).sort()).toEqual(
      [won[0]?.record.id, record.id].sort(),
    );
  });

  test('note the last use behind the caller', async () => {
    const { one, other, keys } = await twoProcesses();
    const { key } = await one.create(operator, wish);
    for (const process of [one, other]) {
      await process.authenticate(key, '203.0.113.9');
      await process.settled();
    }
    const [listed] = (await keys.list('acme', { limit: 1 })).items;
    expect(listed?.lastUse).toEqual({ at: at(0), addressPrefix: '203.0.113.0/24' });
  });
});

test('S12 two processes that see a key in a URL tell its tenant once, in the log and by webhook', async () => {
  const { one, other, prefix } = await twoProcesses();
  const own = freshStores(azurite.connectionString, prefix);
  const { key, record } = await one.create(operator, wish);
  await own.endpoints.insert(endpointOf('ep1', { events: ['key.exposed', 'key.created'] }));
  await own.endpoints.insert(endpointOf('ep2', { events: ['export.completed'] }));
  const started: string[] = [];
  const starter = {
    startDelivery: async ({ deliveryId }: { readonly deliveryId: string }) => {
      started.push(deliveryId);
    },
  };
  await Promise.all([one, other, one].map((process) => process.flagExposed(key, starter)));
  await other.flagExposed(key, starter);
  const second = await other.create(owner, wish, starter);
  const deliveries = [];
  for await (const delivery of own.deliveries.scan('acme', { status: 'pending' })) {
    const { type, keyId } = JSON.parse(delivery.body);
    deliveries.push([delivery.endpointId, type, keyId]);
  }
  expect(deliveries.sort()).toEqual([
    ['ep1', 'key.created', second.record.id],
    ['ep1', 'key.exposed', record.id],
  ]);
  expect(new Set(started).size).toBe(2);
  const events = await rowsOf(`${prefix}audit`);
  expect(events.filter((row) => JSON.stringify(row, asText).includes('key.expose'))).toHaveLength(
    1,
  );
  expect((await own.keys.find(record.id))?.value.exposureToldAt).toEqual(at(0));
});

test('S8 the stored tables hold neither the key, nor its secret, nor their plain SHA-256', async () => {
  const { one, prefix } = await twoProcesses();
  const { key, record } = await one.create(operator, wish);
  await expect(one.authenticate(key)).resolves.toMatchObject({ keyId: record.id });
  const rotated = await one.rotate(owner, { keyId: record.id });
  await one.flagExposed(rotated.key, { startDelivery: async () => {} });
  await one.settled();
  const tables = ['keys', 'keyIndex', 'keyUses', 'due'];
  const rows = await Promise.all(tables.map((table) => rowsOf(prefix + table)));
  expect(rows.map(({ length }) => length)).toEqual([2, 2, 1, 6]);
  const dump = JSON.stringify(rows, asText);
  for (const { key: text, record: made } of [{ key, record }, rotated]) {
    expect(dump).toContain(made.secretHash);
    const secret = (text.split('_')[3] ?? '').slice(0, 43);
    for (const form of [text, secret, text.slice(-49)].flatMap(formsOf)) {
      expect(dump).not.toContain(form);
    }
  }
});

function formsOf(text: string): readonly string[] {
  const digest = createHash('sha256').update(text).digest();
  return [text, digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')];
}

async function rowsOf(tableName: string) {
  return collect(azuriteTable(azurite, tableName).listEntities());
}

function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
