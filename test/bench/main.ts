import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { listenForInterruption } from './interruption.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { formatReport } from './report.ts';
import { missingTools, missingToolsMessage } from './require-tools.ts';
import { type BenchRun, profileSluice, runBench } from './run-bench.ts';

// 0: measured; 1: wrong data or trouble; 2: cannot begin; 130: interrupted.
const resultFolder = join(import.meta.dirname, '../../.sluice/bench');
const interruption = listenForInterruption();

try {
  process.exitCode = await main();
} catch (error) {
  const { aborted } = interruption;
  console.error(aborted ? 'Interrupted; everything is stopped.' : error);
  process.exitCode = aborted ? 130 : 1;
}

async function main(): Promise<number> {
  const options = tryReadOptions();
  if (options === undefined) return 2;
  if (options === 'usage') {
    console.log(usage);
    return 0;
  }
  const missing = missingTools(options.all);
  if (missing.length > 0) {
    console.error(missingToolsMessage(missing));
    return 2;
  }
  const say = (line: string) => console.error(line);
  await (options.profile ? profile : measure)({ options, signal: interruption, say });
  return 0;
}

function tryReadOptions(): BenchOptions | 'usage' | undefined {
  try {
    return readOptions(process.argv.slice(2)) ?? 'usage';
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

async function measure(run: BenchRun): Promise<void> {
  const report = await runBench(run);
  console.log(`\n${formatReport(report)}`);
  await mkdir(resultFolder, { recursive: true });
  const file = join(resultFolder, `${report.startedAt.replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`The same as JSON: ${relative('.', file)}`);
}

async function profile(run: BenchRun): Promise<void> {
  await mkdir(resultFolder, { recursive: true });
  const wallMs = await profileSluice(run, resultFolder);
  const seconds = (wallMs / 1000).toFixed(1);
  console.log(`${seconds} s under the profiler; the profile is in ${relative('.', resultFolder)}.`);
}
