import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DueEntry, RunningMark } from '../../../lib/core/exports/stores.ts';
import { newestFirstId } from '../../../lib/core/ids.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { collect, freshStores, times } from './fresh-stores.ts';
import { at } from './samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
const stores = () => freshStores(azurite.connectionString);

describe('what is due', () => {
  const day = 86_400_000;
  const entryOf = (exportId: string, ms: number): DueEntry => ({
    tenantId: 'acme',
    exportId,
    at: at(ms),
  });

  const markOf = (exportId: string, ms: number, attempt = 1, tenantId = 'acme'): RunningMark => ({
    tenantId,
    exportId,
    attempt,
    at: at(ms),
  });

  test('attempts under way are listed until they are cleared', async () => {
    const { due } = stores();
    await due.markRunning(markOf('b', 1));
    await due.markRunning(markOf('a', 2));
    await due.markRunning(markOf('a', 3, 2));
    await due.markExpiry(entryOf('c', -day));
    const [first, second, other] = [markOf('a', 2), markOf('a', 3, 2), markOf('b', 1)];
    expect(await collect(due.listRunning())).toEqual([first, second, other]);
    await due.clearRunning(first);
    await due.clearRunning(first);
    expect(await collect(due.listRunning())).toEqual([second, other]);
  });

  test('a mark that is made again stays as old as it is', async () => {
    const { due } = stores();
    await due.markRunning(markOf('a', 1));
    await due.markRunning(markOf('a', 2));
    expect(await collect(due.listRunning())).toEqual([markOf('a', 1)]);
  });

  test('S2 another tenant with the same export id neither changes nor clears a mark', async () => {
    const { due } = stores();
    await due.markRunning(markOf('a', 1));
    await due.markRunning(markOf('a', 2, 1, 'other'));
    expect(await collect(due.listRunning())).toEqual([markOf('a', 1), markOf('a', 2, 1, 'other')]);
    await due.clearRunning(markOf('a', 2, 1, 'other'));
    expect(await collect(due.listRunning())).toEqual([markOf('a', 1)]);
  });

  test('expired exports come oldest day first, to the very millisecond, and never the running ones', async () => {
    const { due } = stores();
    await due.markRunning(markOf('r', -9 * day));
    const entries = [
      entryOf('z', -400 * day),
      entryOf('y', -day),
      entryOf('m', -1),
      entryOf('n', 0),
    ];
    for (const entry of entries.toReversed()) await due.markExpiry(entry);
    await due.markExpiry(entryOf('later', 1));
    await due.markExpiry(entryOf('tomorrow', day));
    await due.markExpiry(entryOf('y', -day));
    expect(await collect(due.listExpired(at(0)))).toEqual(entries);
    await due.clearExpiry(entryOf('y', -day));
    await due.clearExpiry(entryOf('y', -day));
    const left = (await collect(due.listExpired(at(0)))).map(({ exportId }) => exportId);
    expect(left).toEqual(['z', 'm', 'n']);
  });

  test('1,050 expired exports can be cleared while they are listed', async () => {
    const { due } = stores();
    await times(1_050, 50, (index) => due.markExpiry(entryOf(newestFirstId(at(index)), -index)));
    const seen = new Set<string>();
    for await (const entry of due.listExpired(at(0))) {
      seen.add(entry.exportId);
      await due.clearExpiry(entry);
    }
    expect(seen.size).toBe(1_050);
    expect(await collect(due.listExpired(at(0)))).toEqual([]);
  });
});
