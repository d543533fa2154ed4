import { expect, test } from 'vitest';
import type { DueEntry } from '../../../lib/core/exports/stores.ts';
import { type SweepDeps, sweepExpired } from '../../../lib/core/retention/sweep.ts';
import { notingLog } from '../../support/noting-log.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';
import { starter } from '../http/fake-services.ts';

const now = new Date('2026-11-20T12:00:00Z');

function entry(index: number, tries?: number): DueEntry {
  const at = new Date('2026-11-20T11:00:00Z');
  return { tenantId: 't', exportId: `e${index}`, at, ...(tries === undefined ? {} : { tries }) };
}

/** Marks whose exports are gone: each costs a look and is removed. */
async function sweptOf(entries: readonly DueEntry[]): Promise<readonly string[]> {
  const cleared: string[] = [];
  const deps: Pick<SweepDeps, 'clock' | 'due' | 'exports' | 'log' | 'metrics'> = {
    clock: () => now,
    log: notingLog(),
    metrics: notingMetrics(),
    exports: {
      insert: async () => true,
      find: async () => undefined,
      update: async () => {},
      list: async () => ({ items: [] }),
    },
    due: {
      markRunning: async () => {},
      clearRunning: async () => {},
      async *listRunning() {},
      findRunning: async () => undefined,
      planRunning: async () => false,
      markExpiry: async () => {},
      clearExpiry: async ({ exportId }) => void cleared.push(exportId),
      async *listExpired() {
        yield* entries;
      },
    },
  };
  // The sweep asks for nothing else while no export is found.
  await sweepExpired(deps as SweepDeps, starter);
  return cleared;
}

test('a run does so much and no more, the oldest first, and what failed before last', async () => {
  const fresh = Array.from({ length: 2_500 }, (_, index) => entry(index));
  const again = Array.from({ length: 300 }, (_, index) => entry(10_000 + index, 1));
  const swept = await sweptOf([...again, ...fresh]);
  expect(swept).toHaveLength(2_200);
  expect(new Set(swept.slice(0, 2_000))).toEqual(
    new Set(fresh.slice(0, 2_000).map(({ exportId }) => exportId)),
  );
  expect(new Set(swept.slice(2_000))).toEqual(
    new Set(again.slice(0, 200).map(({ exportId }) => exportId)),
  );
});
