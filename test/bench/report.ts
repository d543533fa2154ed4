import type { LinkIssue } from './link-issue.ts';
import { linkGoalMs, startGoalMs } from './link-issue.ts';
import type { Machine } from './machine.ts';
import { type MemoryPoint, memoryGoalBytes } from './measure-memory.ts';
import { memoryMethod } from './peak-memory.ts';
import type { Ratio, SideSummary } from './summary.ts';

/** Everything one run of the benchmark found; written as JSON as it stands. */
export interface Report {
  readonly startedAt: string;
  readonly machine: Machine;
  readonly data: {
    readonly rows: number;
    readonly csvBytes: number;
    readonly seed: number;
    /** SHA-256 of all records in order, the same for every side. */
    readonly recordsSha256: string;
  };
  readonly ratios: readonly Ratio[];
  readonly sides: readonly SideSummary[];
  readonly memory: readonly MemoryPoint[];
  readonly linkIssue: LinkIssue;
}

/** The report for a person: ratios first. */
export function formatReport(report: Report): string {
  return [
    `Sluice's time against`,
    ...table(
      ['', 'ratio', 'of the rounds', 'goal', '', 'in the end'],
      report.ratios.map((ratio) => ratioRow(ratio, report.sides)),
    ),
    '',
    ...table(
      ['side', 'median s', 'of the rounds', 'rows/s', 'stored MB'],
      report.sides.map(sideRow),
    ),
    '',
    ...table(['Sluice, rows', 'peak RSS MiB', 'goal', ''], report.memory.map(memoryRow)),
    '',
    ...table(['host', 'measured', 'goal', ''], linkRows(report.linkIssue)),
    '',
    ...notes(report),
  ].join('\n');
}

function ratioRow(ratio: Ratio, sides: readonly SideSummary[]): readonly string[] {
  const other = sides.find(({ name }) => name === ratio.against);
  return [
    other?.title ?? ratio.against,
    asShare(ratio.ofMedians),
    `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`,
    `≤ ${ratio.goal.toFixed(2)}`,
    verdict(ratio.isMet),
    ratio.laterGoal === undefined ? '' : `≤ ${ratio.laterGoal.toFixed(2)}`,
  ];
}

/** Below 1 it is said the other way round as well. */
function asShare(ratio: number): string {
  const share = ratio.toFixed(2);
  return ratio < 1 ? `${share} (${(1 / ratio).toFixed(1)} times faster)` : share;
}

function sideRow({ title, medianMs, wallsMs, rowsPerSecond, storedBytes }: SideSummary) {
  const [least, most] = [Math.min(...wallsMs), Math.max(...wallsMs)].map(seconds);
  return [
    title,
    seconds(medianMs),
    `${least} to ${most}`,
    Math.round(rowsPerSecond).toLocaleString('en'),
    (storedBytes / 1e6).toFixed(0),
  ];
}

function memoryRow({ rows, peakRssBytes }: MemoryPoint): readonly string[] {
  return [
    rows.toLocaleString('en'),
    mebibytes(peakRssBytes),
    `< ${mebibytes(memoryGoalBytes)}`,
    verdict(peakRssBytes < memoryGoalBytes),
  ];
}

function linkRows(found: LinkIssue): readonly (readonly string[])[] {
  const { appStartMs, p95Ms, perSecond } = found;
  const links = `${p95Ms.toFixed(0)} ms (${perSecond.toFixed(0)} per second)`;
  return [
    [
      `links, p95 at ${found.inFlight} in flight`,
      links,
      `< ${linkGoalMs} ms`,
      verdict(p95Ms < linkGoalMs),
    ],
    [
      'start to first answer',
      `${appStartMs.toFixed(0)} ms`,
      `< ${startGoalMs} ms`,
      verdict(appStartMs < startGoalMs),
    ],
  ];
}

function notes({ data, machine }: Report): readonly string[] {
  return [
    `${data.rows.toLocaleString('en')} rows, ${(data.csvBytes / 1e6).toFixed(0)} MB of CSV, seed ${data.seed}. All sides stored the same records, byte for byte and in order.`,
    'Sluice: from POST to `ready`, host and orchestration included, start of the process not. Shell: the whole script. Node: without the start of the process.',
    `Peak RSS: ${memoryMethod}, the largest of the rounds. PostgreSQL, Azurite and all sides share the cores.`,
    `${machine.cores} cores, ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.system}, load before ${machine.loadBefore.toFixed(1)}.`,
  ];
}

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'MISSED';
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

/** Columns as wide as their widest cell; all but the first to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines.map((line) =>
    widths
      .map((width, at) => {
        const cell = line[at] ?? '';
        return at === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
