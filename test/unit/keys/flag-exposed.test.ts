import { describe, expect, test, vi } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { randomBase62 } from '../../../lib/core/keys/base62.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';
import { keyWorld, minuteMs, operator, started } from './key-world.ts';

const wish = { tenantId: 'acme', name: 'careless' } as const;

async function exposedWorld() {
  const world = keyWorld();
  const made = await world.service.create(operator, wish);
  const { news } = world;
  const flag = (text = made.key) => world.service.flagExposed(text, news.starter);
  return { ...world, ...made, made: made.record, rowOf: world.record, flag };
}

describe('S12 an exposed key', () => {
  test('is marked once, and its tenant is told once: in the log and by webhook', async () => {
    const { flag, made, news, rowOf, pass } = await exposedWorld();
    expect(await flag()).toMatchObject({ id: made.id, exposedAt: started });
    pass(minuteMs);
    await flag();
    expect(rowOf(made.id)).toEqual({ ...made, exposedAt: started, exposureToldAt: started });
    expect(news.events).toEqual([
      {
        chain: 'acme',
        facts: {
          action: 'key.expose',
          actor: { type: 'system', id: 'sluice' },
          target: { type: 'key', id: made.id },
          outcome: { result: 'success' },
        },
      },
    ]);
    const exposures = news.notices.filter(({ type }) => type === 'key.exposed');
    expect(exposures).toEqual([
      {
        type: 'key.exposed',
        tenantId: 'acme',
        subjectId: made.id,
        at: started,
        facts: {
          keyId: made.id,
          keyName: 'careless',
          createdBy: 'operator',
          expiresAt: made.expiresAt.toISOString(),
        },
      },
    ]);
    expect(news.started).toContain(`delivery of key.exposed ${made.id}`);
  });

  test('that is over is marked and logged, and nobody is woken', async () => {
    const { flag, change, made, news, rowOf } = await exposedWorld();
    change(made.id, { revokedAt: started });
    await flag();
    expect(rowOf(made.id)).toMatchObject({ revokedAt: started, exposedAt: started });
    expect(news.events).toHaveLength(1);
    expect(news.notices.filter(({ type }) => type === 'key.exposed')).toEqual([]);
  });

  test("cannot be somebody else's: a wrong secret, or what is no key, marks nothing", async () => {
    const { flag, made, news, rowOf } = await exposedWorld();
    const secret = randomBase62(43);
    const forged = formatKey({ environment: 'live', id: made.id, secret });
    expect([await flag(forged), await flag('not a key')]).toEqual([undefined, undefined]);
    expect(rowOf(made.id)).toEqual(made);
    expect(news.events).toEqual([]);
  });

  test('is told of by the next who sees it when the first one died half-way, as one event', async () => {
    const { flag, made, news, rowOf, pass } = await exposedWorld();
    vi.spyOn(news.notifier, 'notify').mockRejectedValueOnce(new SluiceError('storage_unavailable'));
    await expect(flag()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(rowOf(made.id).exposureToldAt).toBeUndefined();
    pass(minuteMs);
    await flag();
    expect(rowOf(made.id)).toMatchObject({ exposedAt: started });
    expect(rowOf(made.id).exposureToldAt).toBeDefined();
    expect(news.events).toHaveLength(1);
    const exposures = news.notices.filter(({ type }) => type === 'key.exposed');
    expect(exposures.map(({ at }) => at)).toEqual([started]);
  });

  test('that ten see at once is told of once', async () => {
    const { another, key, news } = await exposedWorld();
    await Promise.all(Array.from({ length: 10 }, () => another().flagExposed(key, news.starter)));
    expect(news.notices.filter(({ type }) => type === 'key.exposed')).toHaveLength(1);
    expect(news.events).toHaveLength(1);
  });
});
