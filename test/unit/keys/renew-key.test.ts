import { describe, expect, test } from 'vitest';
import { announceExpiring } from '../../../lib/core/keys/announce-expiring.ts';
import { limits } from '../../../lib/core/limits.ts';
import { dayMs, hourMs, keyWorld, operator, owner, started } from './key-world.ts';

const wish = {
  tenantId: 'acme',
  name: 'nightly pull',
  scopes: ['exports:run'],
  labels: { system: ['shop'] },
  allowedAddresses: ['192.0.2.0/24'],
  expiresInDays: 30,
  renewableForDays: 100,
} as const;
const inside = '192.0.2.7';
const after = (days: number) => new Date(started.getTime() + days * dayMs);

/** A nightly program and its key. */
async function nightly(changes: object = {}) {
  const world = keyWorld();
  const made = await world.service.create(owner, { ...wish, ...changes });
  const renew = async (key = made.key, overlapHours?: number) => {
    const self = await world.service.authenticate(key, inside);
    const rotation = { keyId: self.keyId, ...(overlapHours === undefined ? {} : { overlapHours }) };
    return world.service.rotate(self, rotation, world.news.starter);
  };
  return { ...world, made, renew };
}

describe('a key that replaces itself', () => {
  test('gets one with its own rights, life and permission, and no more', async () => {
    const { made, renew, pass } = await nightly();
    pass(20 * dayMs);
    const { key, record, replaced } = await renew();
    expect(record).toEqual({
      ...made.record,
      id: record.id,
      secretHash: record.secretHash,
      createdBy: `key:${made.record.id}`,
      createdAt: after(20),
      expiresAt: after(50),
      rotatedFrom: made.record.id,
    });
    expect(record.renewableUntil).toEqual(after(100));
    expect(replaced.expiresAt).toEqual(after(21));
    expect(key).not.toBe(made.key);
  });

  test('ends, with all that follow it, by what its maker allowed, however often it does so', async () => {
    const { made, renew, setNow, service } = await nightly();
    let { key, record } = made;
    let rounds = 0;
    while (record.expiresAt < after(100)) {
      setNow(new Date(record.expiresAt.getTime() - dayMs));
      ({ key, record } = await renew(key));
      rounds += 1;
      expect(record.expiresAt.getTime()).toBeLessThanOrEqual(after(100).getTime());
    }
    expect([rounds, record.expiresAt]).toEqual([3, after(100)]);
    setNow(new Date(after(100).getTime() - hourMs));
    await expect(renew(key)).rejects.toMatchObject({
      code: 'invalid_state',
      message: expect.stringContaining(after(100).toISOString()),
    });
    setNow(after(100));
    await expect(service.authenticate(key, inside)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('S4 must have been allowed to: a stolen key of the usual kind outlives nothing', async () => {
    const world = keyWorld();
    const { renewableForDays, ...usual } = wish;
    const { key } = await world.service.create(owner, usual);
    const self = await world.service.authenticate(key, inside);
    const before = structuredClone([...world.rows.values()]);
    await expect(world.service.rotate(self, { keyId: self.keyId })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('renewableForDays'),
    });
    expect([...world.rows.values()]).toEqual(before);
  });

  test('S4 replaces and makes no other key, whatever its scopes are', async () => {
    const { service, renew, made } = await nightly({ scopes: undefined });
    const self = await service.authenticate(made.key, inside);
    const { record: other } = await service.create(owner, wish);
    const refused = { code: 'forbidden', message: expect.stringContaining('A key cannot make') };
    await expect(service.rotate(self, { keyId: other.id })).rejects.toMatchObject(refused);
    await expect(service.create(self, wish)).rejects.toMatchObject(refused);
    await expect(renew()).resolves.toMatchObject({ record: { rotatedFrom: made.record.id } });
  });

  test('keeps the old one for an hour at least, so that a lost answer is not the end', async () => {
    const { renew, made, service, pass } = await nightly();
    await expect(renew(made.key, 0)).rejects.toMatchObject({
      code: 'invalid_body',
      mistakes: [{ pointer: '/overlapHours', message: 'A whole number of hours from 1 to 168.' }],
    });
    const lost = await renew(made.key, 1);
    pass(hourMs - 1);
    const again = await renew();
    await service.authenticate(again.key, inside);
    await expect(service.authenticate(lost.key, inside)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('S4 does not take back what a person made to be rid of it', async () => {
    const { made, renew, service, pass } = await nightly();
    pass(dayMs);
    const saved = await service.rotate(owner, { keyId: made.record.id });
    await expect(renew()).rejects.toMatchObject({
      code: 'invalid_state',
      message: expect.stringContaining(saved.record.id),
    });
    await expect(service.authenticate(saved.key, inside)).resolves.toMatchObject({
      keyId: saved.record.id,
    });
  });

  test('asks again for a lost answer a few times, not in a loop', async () => {
    const { made, renew, rows, service } = await nightly();
    for (let count = 0; count <= limits.keyTakeBacksMax; count++) await renew();
    const before = structuredClone([...rows.values()]);
    await expect(renew()).rejects.toMatchObject({ code: 'invalid_state' });
    expect([...rows.values()]).toEqual(before);
    // A person still can.
    const { rotatedTo = '' } = rows.get(made.record.id)?.value ?? {};
    await service.revoke(owner, rotatedTo);
    await expect(service.rotate(owner, { keyId: made.record.id })).resolves.toBeDefined();
  });

  test('does not take a successor back that is in use', async () => {
    const { renew, service, pass } = await nightly();
    pass(dayMs);
    const { key, record } = await renew();
    await service.authenticate(key, inside);
    await service.settled();
    await expect(renew()).rejects.toMatchObject({
      code: 'invalid_state',
      message: expect.stringContaining(record.id),
    });
    await expect(service.authenticate(key, inside)).resolves.toMatchObject({ keyId: record.id });
  });

  test('is told of by webhook, like every new key', async () => {
    const { renew, made, news } = await nightly();
    const { record } = await renew();
    const created = news.notices.filter(({ type }) => type === 'key.created');
    expect(created.map(({ subjectId, facts }) => [subjectId, facts['createdBy']])).toEqual([
      [made.record.id, 'user:u1'],
      [record.id, `key:${made.record.id}`],
    ]);
    expect(news.started).toContain(`delivery of key.created ${record.id}`);
  });

  test('is allowed anew, for the same time, when a person rotates it', async () => {
    const { service, made, pass } = await nightly();
    pass(25 * dayMs);
    const { record } = await service.rotate(owner, { keyId: made.record.id });
    expect([record.expiresAt, record.renewableUntil]).toEqual([after(55), after(125)]);
  });
});

test('key.expiring says until when the program can still act; after a renewal the old one is silent', async () => {
  const { deps, news, made, renew, setNow } = await nightly();
  setNow(after(16));
  const act = () => announceExpiring(deps, news.starter);
  expect(await act()).toEqual({ announced: 1, failed: 0 });
  expect(news.notices.at(-1)).toMatchObject({
    type: 'key.expiring',
    subjectId: made.record.id,
    facts: { expiresAt: after(30).toISOString(), renewableUntil: after(100).toISOString() },
  });
  const { record } = await renew();
  setNow(after(29));
  await act();
  const told = news.notices.filter(({ type }) => type === 'key.expiring');
  expect(told.map(({ subjectId }) => subjectId)).toEqual([made.record.id]);
  setNow(new Date(record.expiresAt.getTime() - 14 * dayMs));
  await act();
  expect(news.notices.at(-1)).toMatchObject({ subjectId: record.id });
});

test('it is allowed for as long as it lives at least, and a year at most', async () => {
  const world = keyWorld();
  const { expiresInDays, ...rest } = wish;
  for (const [renewableForDays, least] of [
    [89, 90],
    [0, 90],
    [limits.keyRenewableDaysMax + 1, 90],
    [1.5, 90],
  ] as const) {
    await expect(world.service.create(owner, { ...rest, renewableForDays })).rejects.toMatchObject({
      code: 'invalid_body',
      mistakes: [
        {
          pointer: '/renewableForDays',
          message: `A whole number of days from expiresInDays (${least}) to 365.`,
        },
      ],
    });
  }
  await world.service.create(owner, { ...wish, renewableForDays: 30 });
});

describe('keys that the operator makes', () => {
  const first = { tenantId: 'acme', name: 'first' } as const;

  test('are told to the tenant, and are 20 at a time at most', async () => {
    const { service, news } = keyWorld();
    const ids: string[] = [];
    for (let count = 0; count < limits.operatorKeysPerTenantMax; count++) {
      ids.push((await service.create(operator, first, news.starter)).record.id);
    }
    const created = news.notices.filter(({ type }) => type === 'key.created');
    expect(created.map(({ subjectId }) => subjectId)).toEqual(ids);
    expect(created[0]).toMatchObject({ tenantId: 'acme', facts: { createdBy: 'operator' } });
    await expect(service.create(operator, first)).rejects.toMatchObject({ code: 'limit_reached' });
    await service.create(operator, { ...first, tenantId: 'other' });
    await service.create(owner, first);
    await service.revoke(owner, ids[0] ?? '');
    await service.create(operator, first);
  });

  test('are not made when the tenant cannot be told', async () => {
    const { service, news, rows } = keyWorld();
    const broken = { ...news.starter, startDelivery: () => Promise.reject(new Error('down')) };
    await expect(service.create(operator, first, broken)).rejects.toThrow('down');
    expect(rows.size).toBe(0);
  });
});
