import { describe, expect, test, vi } from 'vitest';
import { announceExpiring } from '../../../lib/core/keys/announce-expiring.ts';
import type { Notice } from '../../../lib/core/webhooks/payload.ts';
import { dayMs, keyWorld, operator, owner } from './key-world.ts';

const wish = { tenantId: 'acme', name: 'nightly pull', expiresInDays: 30 } as const;

/** A world with one key and a timer that fires on each of the days asked for, soon after midnight. */
async function noticeWorld(expiresInDays = 30) {
  const world = keyWorld();
  const { record } = await world.service.create(operator, { ...wish, expiresInDays });
  const told: Notice[] = [];
  const sent: string[] = [];
  const notifier = {
    notify: async (notice: Notice) => {
      told.push(notice);
      return [`${notice.subjectId}-${notice.at.toISOString()}`];
    },
  };
  const startDelivery = async ({ deliveryId }: { readonly deliveryId: string }) => {
    sent.push(deliveryId);
  };
  const deps = { ...world.deps, notifier };
  const fire = () => announceExpiring(deps, { startDelivery });
  const onDay = (day: string) => {
    world.setNow(new Date(`${day}T00:05:00Z`));
    return fire();
  };
  return { ...world, key: record, told, sent, notifier, fire, onDay };
}

describe('L8 the notices of a key that ends on 2026-03-31', () => {
  test('come 14, 7 and 1 days before, never later, each once', async () => {
    const { onDay, fire, told, sent, key, marks } = await noticeWorld();
    const days = Array.from(
      { length: 31 },
      (_, day) => `2026-03-${String(day + 1).padStart(2, '0')}`,
    );
    for (const day of days) {
      await onDay(day);
      await fire();
    }
    expect(told).toEqual(
      ['2026-03-17', '2026-03-24', '2026-03-30'].map((day) => ({
        type: 'key.expiring',
        tenantId: 'acme',
        subjectId: key.id,
        at: new Date(`${day}T00:00:00Z`),
        facts: { keyId: key.id, keyName: 'nightly pull', expiresAt: '2026-03-31T10:00:00.000Z' },
      })),
    );
    expect(sent).toHaveLength(3);
    expect(marks.size).toBe(0);
  });

  test('are the last one alone after an outage, and none after the end', async () => {
    const late = await noticeWorld();
    expect(await late.onDay('2026-03-26')).toEqual({ announced: 1, failed: 0 });
    expect(late.told.map(({ at }) => at.toISOString().slice(0, 10))).toEqual(['2026-03-24']);
    const over = await noticeWorld();
    expect(await over.onDay('2026-04-01')).toEqual({ announced: 0, failed: 0 });
    expect([over.told, over.marks.size]).toEqual([[], 0]);
  });

  test('are not given for a key that was revoked or rotated', async () => {
    const revoked = await noticeWorld();
    await revoked.service.revoke(owner, revoked.key.id);
    await revoked.onDay('2026-03-17');
    expect(revoked.told).toEqual([]);
    const rotated = await noticeWorld();
    const { record } = await rotated.service.rotate(owner, { keyId: rotated.key.id });
    rotated.pass(dayMs);
    await rotated.onDay('2026-03-30');
    expect(rotated.told.map(({ subjectId }) => subjectId)).toEqual([record.id]);
  });

  test('are not given for the end that a rotation drew forward, even while the key still lives', async () => {
    const { service, key, told, marks, onDay, setNow } = await noticeWorld();
    setNow(new Date('2026-03-20T10:00:00Z'));
    await service.rotate(owner, { keyId: key.id, overlapHours: 168 });
    await onDay('2026-03-24');
    expect(told).toEqual([]);
    expect(marks.has(`${key.id}-7`)).toBe(false);
  });

  test('are given by the next run when one died half-way, under the same name', async () => {
    const { onDay, fire, notifier, sent, told, logs } = await noticeWorld();
    vi.spyOn(notifier, 'notify').mockRejectedValueOnce(new Error('down'));
    expect(await onDay('2026-03-17')).toEqual({ announced: 0, failed: 1 });
    expect(logs).toMatchObject([{ level: 'error' }]);
    expect(await fire()).toEqual({ announced: 1, failed: 0 });
    expect([sent.length, told.length]).toEqual([1, 1]);
  });
});

test.each([
  [1, []],
  [2, [1]],
  [7, [1]],
  [14, [7, 1]],
  [15, [14, 7, 1]],
])('a key of %i days is announced %j days before its end', async (days, expected) => {
  const { marks } = await noticeWorld(days);
  expect([...marks.values()].map(({ daysBefore }) => daysBefore)).toEqual(expected);
});
