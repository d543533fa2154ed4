import { type Run, runBicep } from './run.ts';

/**
 * Makes these runs with the Bicep CLI that BICEP names, else the one on the PATH, and prints what came of
 * them. One that is named and cannot be run fails the process; where there is none, `otherwise` is printed.
 */
export function reportRuns(
  what: string,
  runs: (bicep: string) => readonly Run[],
  otherwise: string,
): void {
  const named = process.env['BICEP'];
  const bicep = named ?? 'bicep';
  const version = runBicep(bicep, '.', ['--version']);
  if (version.status === 0) report(`${what} by ${version.output}`, runs(bicep));
  else missing(named, otherwise);
}

function missing(named: string | undefined, otherwise: string): void {
  if (named !== undefined) process.exitCode = 1;
  const where =
    named === undefined ? 'no `bicep` is on the PATH' : `BICEP (${named}) cannot be run`;
  console.log(`${where}: ${otherwise}`);
}

function report(what: string, runs: readonly Run[]): void {
  const failures = runs.filter(({ failed }) => failed);
  for (const { command, output } of failures) console.error(`${command} failed:\n${output}`);
  if (failures.length > 0) process.exitCode = 1;
  console.log(`${what}: ${runs.length} runs, ${failures.length} failed.`);
}
