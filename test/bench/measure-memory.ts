import { seriesView } from './bench-table.ts';
import { runSluice } from './sluice-side.ts';
import type { Stage } from './stage.ts';

export interface MemoryPoint {
  readonly rows: number;
  readonly peakRssBytes: number;
}

/** The goal: whatever the table's size. */
export const memoryGoalBytes = 256 * 1024 * 1024;

/** The sizes that are measured beside the table itself: a fifth of it, and four times as much. */
export function seriesSizes(rows: number, all: boolean): readonly number[] {
  return all ? [rows / 5, rows * 4] : [rows / 5];
}

/** The peak of one export of that many rows, in a host of its own. */
export async function measureMemory(stage: Stage, rows: number): Promise<MemoryPoint> {
  const { container, peakRssBytes = Number.NaN } = await runSluice(stage, seriesView(rows));
  await stage.blobs.deleteContainer(container);
  return { rows, peakRssBytes };
}
