import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Rows of the tenant's table. */
  readonly rows: number;
  /** How often each side runs. */
  readonly rounds: number;
  /** Adds the slow side (gzip -6) and the largest table of the memory series. */
  readonly all: boolean;
  /** Only the Sluice side, once, with a CPU profile. */
  readonly profile: boolean;
}

export const usage = `usage: npm run bench -- [options]
Measures an export against what else one would write, and prints the ratios.
  --rows <n>    rows of the table, in steps of 1,000 (default 5000000)
  --rounds <n>  how often each side runs (default 3)
  --all         also psql | gzip -6, and the memory at four times the rows
  --profile     only Sluice, once; leaves a CPU profile in .sluice/bench`;

/** What the command line asks for; undefined when it asks for the usage. Throws TypeError. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '5000000' },
      rounds: { type: 'string', default: '3' },
      all: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const rows = wholeNumber('--rows', values.rows);
  if (rows % 1_000 !== 0) throw new TypeError('--rows must be a multiple of 1000.');
  return {
    rows,
    rounds: wholeNumber('--rounds', values.rounds),
    all: values.all,
    profile: values.profile,
  };
}

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new TypeError(`${flag} must be a whole number above 0.`);
}
