import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../lib/core/audit/audit-event.ts';
import type { AuditFilter } from '../../../lib/core/audit/audit-store.ts';
import { listEvents } from '../../../lib/core/audit/list-events.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { type ChainWorld, chainWorld, factsOf } from './chain-world.ts';

let azurite: Azurite;
let world: ChainWorld;

/** Two events a day, by two actors, from 30 October to 3 November; the last one by a clock that is behind. */
beforeAll(async () => {
  azurite = await startAzurite();
  world = await chainWorld(azurite);
  for (const day of ['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02', '2026-11-03']) {
    world.time.now = new Date(`${day}T12:00:00.000Z`);
    await world.audit.record('acme', factsOf(day));
    const actor = { type: 'operator', id: 'operator' } as const;
    await world.audit.record('acme', { ...factsOf(day), actor, action: 'key.create' });
  }
  world.time.now = new Date('2026-10-31T23:59:59.999Z');
  await world.audit.record('acme', factsOf('late'));
});
afterAll(() => azurite.stop());

async function pagesOf(filter: AuditFilter, limit: number) {
  const pages: (readonly AuditEvent[])[] = [];
  let cursor: string | undefined;
  do {
    const request = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const page = await listEvents(world.store, 'acme', filter, request);
    pages.push(page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && pages.length < 30);
  return pages;
}

const seqs = (pages: readonly (readonly AuditEvent[])[]) => pages.flat().map(({ seq }) => seq);
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

describe('K9 the log in pages', () => {
  test.each([1, 2, 3, 4, 10, 11, 12])('of %i holds every event once, in order', async (limit) => {
    const pages = await pagesOf({}, limit);
    expect(seqs(pages)).toEqual(all);
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    expect(pages.length).toBe(Math.ceil(all.length / limit));
  });

  const at = (text: string) => new Date(text);
  test.each<[string, AuditFilter, number[]]>([
    ['one actor', { actor: 'operator' }, [2, 4, 6, 8, 10]],
    ['one action', { action: 'export.start' }, [1, 3, 5, 7, 9, 11]],
    ['a time over two months', { from: at('2026-10-31'), to: at('2026-11-02') }, [3, 4, 5, 6, 11]],
    [
      'an event in the month after its own',
      { from: at('2026-10-31'), to: at('2026-11-01') },
      [3, 4, 11],
    ],
    ['a moment that is included', { from: at('2026-11-03T12:00:00.000Z') }, [9, 10]],
    ['a moment that is not', { to: at('2026-10-30T12:00:00.000Z') }, []],
    ['a time long ago', { from: at('2020-01-01'), to: at('2020-02-01') }, []],
    ['a time to come', { from: at('2030-01-01') }, []],
    [
      'all of it together',
      { from: at('2026-11-01'), actor: 'operator', action: 'key.create' },
      [6, 8, 10],
    ],
  ])('for %s', async (_, filter, expected) => {
    expect(seqs(await pagesOf(filter, 2))).toEqual(expected);
  });

  test('of a chain that has no events is empty', async () => {
    expect(await listEvents(world.store, 'nobody', {}, { limit: 5 })).toEqual({ items: [] });
  });
});
