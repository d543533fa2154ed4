import type { CheckedRun } from './check-run.ts';
import type { Rounds } from './run-rounds.ts';
import type { Run, Side, SideName } from './side.ts';

/** What one side did. */
export interface SideSummary {
  readonly name: SideName;
  readonly title: string;
  readonly wallsMs: readonly number[];
  readonly medianMs: number;
  readonly rowsPerSecond: number;
  readonly storedBytes: number;
  readonly peakRssBytes?: number;
}

/** Sluice's time divided by the other side's: below 1 Sluice is faster. */
export interface Ratio {
  readonly against: SideName;
  /** Of the medians. */
  readonly ofMedians: number;
  /** Of the rounds. */
  readonly min: number;
  readonly max: number;
  readonly goal: number;
  readonly isMet: boolean;
  readonly laterGoal?: number;
}

/** The most that Sluice may take, as a share of the other side's time. */
const goals: Readonly<Record<Exclude<SideName, 'sluice'>, { now: number; later?: number }>> = {
  pigz: { now: 1.3, later: 1 / 1.5 },
  gzip: { now: 1 / 3 },
  rows: { now: 1 / 4, later: 1 / 8 },
};

export function summarizeSides(
  sides: readonly Side[],
  rows: number,
  { runs, checked }: Rounds,
): readonly SideSummary[] {
  return sides.map(({ name, title }) =>
    summarizeSide({ name, title }, rows, runs.get(name) ?? [], checked.get(name)),
  );
}

function summarizeSide(
  side: Pick<Side, 'name' | 'title'>,
  rows: number,
  runs: readonly Run[],
  checked: CheckedRun | undefined,
): SideSummary {
  const wallsMs = runs.map((run) => run.wallMs);
  const peaks = runs.flatMap(({ peakRssBytes }) => peakRssBytes ?? []);
  const medianMs = percentile(wallsMs, 50);
  return {
    ...side,
    wallsMs,
    medianMs,
    rowsPerSecond: rows / (medianMs / 1000),
    storedBytes: checked?.storedBytes ?? 0,
    ...(peaks.length === 0 ? {} : { peakRssBytes: Math.max(...peaks) }),
  };
}

export function ratiosOf(summaries: readonly SideSummary[]): readonly Ratio[] {
  const own = summaries.find(({ name }) => name === 'sluice');
  if (own === undefined) throw new TypeError('Sluice did not run.');
  return summaries.flatMap((other) => {
    if (other.name === 'sluice') return [];
    const pairs = own.wallsMs.map((wallMs, round) => wallMs / (other.wallsMs[round] ?? Number.NaN));
    const ofMedians = own.medianMs / other.medianMs;
    const { now, later } = goals[other.name];
    return {
      against: other.name,
      ofMedians,
      min: Math.min(...pairs),
      max: Math.max(...pairs),
      goal: now,
      isMet: ofMedians <= now,
      ...(later === undefined ? {} : { laterGoal: later }),
    };
  });
}

/** The value below or at which so many percent lie; the mean of the middle two for an even median. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (percent === 50 && sorted.length % 2 === 0) {
    const upper = sorted.length / 2;
    return ((sorted[upper - 1] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2;
  }
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
