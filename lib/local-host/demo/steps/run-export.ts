import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import type { Demo } from '../demo.ts';
import { DemoError, mustHold } from '../demo-error.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import { sampleTenants } from '../sample/tenants.ts';
import { type ExportState, getExport, startExport } from '../sluice-api.ts';

const pollMs = 500;
const timeoutMs = 300_000;

/** As the first customer: exports every table and follows it to its end; answers with its id. */
export async function runExport(demo: Demo, owner: ApiClient): Promise<string> {
  const { narrator } = demo;
  narrator.step(`${sampleTenants.northwind.name} exports all of its tables`);
  const startedMs = performance.now();
  const exportId = await startExport(owner);
  narrator.done(`Export ${exportId} accepted`);
  const end = await follow(demo, owner, exportId);
  mustHold(end.status === 'ready', describeFailure(end));
  const took = performance.now() - startedMs;
  const pace = formatCount(Math.round(end.rows / (took / 1_000)));
  narrator.done(
    `Ready after ${formatDuration(took)}: ${formatCount(end.rows)} rows, ` +
      `${formatBytes(end.bytes)} compressed, ${pace} rows/s`,
  );
  return exportId;
}

async function follow(
  { narrator, signal }: Demo,
  owner: ApiClient,
  exportId: string,
): Promise<ExportState> {
  const deadline = performance.now() + timeoutMs;
  // Ends with the export, the deadline, or the reader's patience.
  for (;;) {
    const state = await getExport(owner, exportId);
    if (state.status !== 'pending' && state.status !== 'processing') return state;
    narrator.progress(describeProgress(state));
    if (performance.now() > deadline) {
      throw new DemoError(
        `The export is still ${state.status} after ${formatDuration(timeoutMs)}.`,
      );
    }
    await delay(pollMs, undefined, { signal });
  }
}

/** One line: a bar, percent, rows, seconds left; what is not known yet is left out. */
export function describeProgress(state: ExportState): string {
  const { percent, rows, rowsExpected, secondsLeft } = state;
  if (percent === undefined) return 'counting the rows';
  const of = rowsExpected === undefined ? '' : ` of ${formatCount(rowsExpected)}`;
  const left = secondsLeft === undefined ? '' : `, about ${formatCount(secondsLeft)} s left`;
  return `${bar(percent)} ${String(percent).padStart(3)} %  ${formatCount(rows)}${of} rows${left}`;
}

const barWidth = 24;

function bar(percent: number): string {
  const full = Math.round((percent / 100) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function describeFailure({ status, problems }: ExportState): string {
  return [`The export ended ${status}.`, ...problems].join(' ');
}
