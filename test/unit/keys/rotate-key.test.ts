import { describe, expect, test, vi } from 'vitest';
import { isLive } from '../../../lib/core/keys/key-record.ts';
import { roleScopes, type UserPrincipal } from '../../../lib/core/principal.ts';
import { dayMs, hourMs, keyWorld, operator, owner, started } from './key-world.ts';

const wish = {
  tenantId: 'acme',
  name: 'nightly pull',
  scopes: ['exports:run'],
  labels: { system: ['shop'] },
  allowedAddresses: ['192.0.2.0/24'],
  expiresInDays: 30,
} as const;
const inside = '192.0.2.7';
const refusal = { code: 'unauthenticated' };
const after = (ms: number) => new Date(started.getTime() + ms);

describe('rotating', () => {
  test('L8 gives a key with the same rights, and the old one ends with the overlap', async () => {
    const world = keyWorld();
    const old = await world.service.create(operator, wish);
    world.pass(dayMs);
    const { key, record, replaced } = await world.service.rotate(owner, {
      keyId: old.record.id,
      overlapHours: 2,
    });
    expect(record).toEqual({
      ...old.record,
      id: record.id,
      secretHash: record.secretHash,
      createdBy: 'user:u1',
      createdAt: after(dayMs),
      expiresAt: after(31 * dayMs),
      rotatedFrom: old.record.id,
    });
    expect(record.secretHash).not.toBe(old.record.secretHash);
    const endsAt = after(dayMs + 2 * hourMs);
    expect(replaced).toEqual({ ...old.record, rotatedTo: record.id, expiresAt: endsAt });
    expect(world.record(old.record.id)).toEqual(replaced);
    world.setNow(new Date(endsAt.getTime() - 1));
    await world.service.authenticate(old.key, inside);
    world.setNow(endsAt);
    await expect(world.service.authenticate(old.key, inside)).rejects.toMatchObject(refusal);
    await expect(world.service.authenticate(key, inside)).resolves.toMatchObject({
      keyId: record.id,
      labels: wish.labels,
    });
  });

  test('overlaps for a day unless asked otherwise, 0 to 168 hours, and never lengthens a life', async () => {
    const endOf = async (overlapHours?: number, expiresInDays = 30) => {
      const world = keyWorld();
      const { record } = await world.service.create(operator, { ...wish, expiresInDays });
      const rotation = {
        keyId: record.id,
        ...(overlapHours === undefined ? {} : { overlapHours }),
      };
      return (await world.service.rotate(owner, rotation)).replaced.expiresAt;
    };
    expect(await endOf()).toEqual(after(24 * hourMs));
    expect(await endOf(168)).toEqual(after(168 * hourMs));
    expect(await endOf(168, 3)).toEqual(after(3 * dayMs));
    expect(await endOf(0)).toEqual(started);
    for (const hours of [-1, 169, 1.5, Number.NaN]) {
      await expect(endOf(hours)).rejects.toMatchObject({
        code: 'invalid_body',
        mistakes: [{ pointer: '/overlapHours' }],
      });
    }
  });

  test('S11 a key that was rotated without overlap is refused at once by another process', async () => {
    const world = keyWorld();
    const { key, record } = await world.service.create(operator, wish);
    await world.service.rotate(owner, { keyId: record.id, overlapHours: 0 });
    await expect(world.another().authenticate(key, inside)).rejects.toMatchObject(refusal);
  });

  test('at most two generations live: the old and the new one can be rotated when the other is over', async () => {
    const world = keyWorld();
    const { record: first } = await world.service.create(operator, wish);
    const { record: second } = await world.service.rotate(owner, { keyId: first.id });
    for (const [keyId, other] of [
      [first.id, second.id],
      [second.id, first.id],
    ] as const) {
      const refused = world.service.rotate(owner, { keyId });
      await expect(refused).rejects.toMatchObject({
        code: 'invalid_state',
        message: expect.stringContaining(other),
      });
    }
    world.pass(24 * hourMs);
    const { record: third } = await world.service.rotate(owner, { keyId: second.id });
    expect(third).toMatchObject({ rotatedFrom: second.id, lifeDays: 30 });
    await world.service.revoke(owner, third.id);
    await world.service.rotate(owner, { keyId: second.id, overlapHours: 1 });
  });

  test('a key that is over cannot be brought back, and a foreign one is not found', async () => {
    const world = keyWorld();
    const { record } = await world.service.create(operator, wish);
    const stranger: UserPrincipal = { ...owner, tenantId: 'other' };
    await expect(world.service.rotate(stranger, { keyId: record.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await world.service.revoke(owner, record.id);
    await expect(world.service.rotate(owner, { keyId: record.id })).rejects.toMatchObject({
      code: 'invalid_state',
    });
    expect(world.rows.size).toBe(1);
  });

  test('S4 is no way to more rights: a key that may do or see more than the maker stays as it is', async () => {
    const world = keyWorld();
    const { record: wide } = await world.service.create(operator, { tenantId: 'acme', name: 'w' });
    const { record: unlabelled } = await world.service.create(operator, {
      tenantId: 'acme',
      name: 'u',
      scopes: ['exports:read'],
    });
    const admin: UserPrincipal = { ...owner, role: 'admin', scopes: roleScopes.admin };
    const limited: UserPrincipal = { ...owner, labels: { system: ['shop'] } };
    for (const [maker, keyId] of [
      [admin, wide.id],
      [limited, unlabelled.id],
    ] as const) {
      await expect(world.service.rotate(maker, { keyId })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    expect([world.record(wide.id), world.record(unlabelled.id)]).toEqual([wide, unlabelled]);
  });
});

describe('a rotation that dies', () => {
  const crash = new Error('the process dies here');

  test('before the new key is made changes no access, and the next rotation takes over', async () => {
    const world = keyWorld();
    const old = await world.service.create(operator, wish);
    vi.spyOn(world.keys, 'insert').mockRejectedValueOnce(crash);
    const rotation = { keyId: old.record.id, overlapHours: 0 };
    await expect(world.service.rotate(owner, rotation)).rejects.toThrow(crash);
    world.pass(dayMs);
    await world.service.authenticate(old.key, inside);
    const { record } = await world.service.rotate(owner, rotation);
    expect(world.record(old.record.id)).toMatchObject({ rotatedTo: record.id });
  });

  test('after the new key is made leaves both alive and visible; the next rotation names the one to revoke', async () => {
    const world = keyWorld();
    const old = await world.service.create(operator, wish);
    const update = world.keys.update;
    vi.spyOn(world.keys, 'update').mockImplementationOnce(update).mockRejectedValueOnce(crash);
    const rotation = { keyId: old.record.id, overlapHours: 0 };
    await expect(world.service.rotate(owner, rotation)).rejects.toThrow(crash);
    await world.service.authenticate(old.key, inside);
    const { items } = await world.service.list(owner, { limit: 10 });
    const [successor, first] = items.map(({ record }) => record);
    expect([successor?.rotatedFrom, first?.rotatedTo]).toEqual([old.record.id, successor?.id]);
    await expect(world.service.rotate(owner, rotation)).rejects.toMatchObject({
      code: 'invalid_state',
      message: expect.stringContaining(successor?.id ?? 'nothing'),
    });
    await world.service.revoke(owner, successor?.id ?? '');
    const { key } = await world.service.rotate(owner, rotation);
    await world.service.authenticate(key, inside);
    await expect(world.service.authenticate(old.key, inside)).rejects.toMatchObject(refusal);
  });
});

test('of ten rotations at once one wins, and one successor lives', async () => {
  const world = keyWorld();
  const { record } = await world.service.create(operator, wish);
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => world.another().rotate(owner, { keyId: record.id })),
  );
  const won = results.filter(({ status }) => status === 'fulfilled');
  expect(won).toHaveLength(1);
  const codes = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason.code] : [],
  );
  expect(codes.filter((code) => !['changed_meanwhile', 'invalid_state'].includes(code))).toEqual(
    [],
  );
  const live = [...world.rows.values()].filter(({ value }) => isLive(value, started));
  expect(live.map(({ value }) => value.id).sort()).toEqual(
    [record.id, world.record(record.id).rotatedTo].sort(),
  );
});
