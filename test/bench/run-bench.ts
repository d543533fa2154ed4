import { benchTable, linkTableRows, seed } from './bench-table.ts';
import { measureLinkIssue } from './link-issue.ts';
import { describeMachine } from './machine.ts';
import { type MemoryPoint, measureMemory, seriesSizes } from './measure-memory.ts';
import type { BenchOptions } from './options.ts';
import type { Report } from './report.ts';
import { rowsSide } from './rows-side.ts';
import { runRounds } from './run-rounds.ts';
import { shellSide } from './shell-side.ts';
import type { Side } from './side.ts';
import { runSluice, sluiceSide } from './sluice-side.ts';
import { type Stage, startStage } from './stage.ts';
import { ratiosOf, type SideSummary, summarizeSides } from './summary.ts';

export interface BenchRun {
  readonly options: BenchOptions;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Takes a line about where it stands. */
  readonly say: (line: string) => void;
}

/** Measures everything. Throws when the sides do not carry the same records; never because of time. */
export async function runBench({ options, signal, say }: BenchRun): Promise<Report> {
  const startedAt = new Date().toISOString();
  const machine = describeMachine();
  const { rows, rounds, all } = options;
  const sizes = seriesSizes(rows, all);
  say(`Starting PostgreSQL and Azurite; making ${rows.toLocaleString('en')} rows.`);
  await using stage = await startStage({
    rows,
    seriesRows: [...new Set([...sizes, linkTableRows])],
    signal,
  });
  const sides = sidesOf(stage, all);
  const measured = await runRounds(stage, sides, rows, rounds, say);
  const summaries = summarizeSides(sides, rows, measured);
  say('Measuring memory at other sizes.');
  const memory = await memorySeries(stage, sizes, ownPeak(rows, summaries));
  say('Measuring the issue of links.');
  const linkIssue = await measureLinkIssue(stage);
  const carried = measured.checked.get('sluice');
  return {
    startedAt,
    machine,
    data: { rows, csvBytes: carried?.bytes ?? 0, seed, recordsSha256: carried?.sha256 ?? '' },
    ratios: ratiosOf(summaries),
    sides: summaries,
    memory,
    linkIssue,
  };
}

/** Only Sluice, once, its profile in the folder; answers the wall time. */
export async function profileSluice(
  { options, signal, say }: BenchRun,
  folder: string,
): Promise<number> {
  say(`Starting PostgreSQL and Azurite; making ${options.rows.toLocaleString('en')} rows.`);
  await using stage = await startStage({ rows: options.rows, seriesRows: [], signal });
  const { wallMs } = await runSluice(stage, benchTable, {
    NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}`,
  });
  return wallMs;
}

function sidesOf(stage: Stage, all: boolean): readonly Side[] {
  const slow = all ? [shellSide(stage, 'gzip', 'gzip -6')] : [];
  return [sluiceSide(stage), shellSide(stage, 'pigz', 'pigz -1'), ...slow, rowsSide(stage)];
}

function ownPeak(rows: number, summaries: readonly SideSummary[]): MemoryPoint {
  const own = summaries.find(({ name }) => name === 'sluice');
  return { rows, peakRssBytes: own?.peakRssBytes ?? Number.NaN };
}

async function memorySeries(
  stage: Stage,
  sizes: readonly number[],
  own: MemoryPoint,
): Promise<readonly MemoryPoint[]> {
  const points = [own];
  for (const size of sizes) points.push(await measureMemory(stage, size));
  return points.toSorted((a, b) => a.rows - b.rows);
}
