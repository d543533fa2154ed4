import { join, relative } from 'node:path';
import { checkStamps } from '../stamps/check-stamps.ts';
import { check } from './check.ts';
import { bicepVersion, type Run, runBicep } from './cli.ts';
import { formatted } from './finding.ts';
import { readSourceTree } from './source-tree.ts';

/** The project, or another one that has templates in the same folder. */
const root = process.argv[2] ?? join(import.meta.dirname, '../../..');
const folder = 'infra';

/** Checks the templates as text, and by the Bicep CLI where there is one: what it builds, and what that deploys. */
function main(): void {
  const tree = readSourceTree(root, folder);
  const { findings, files, resources, properties } = check(tree);
  for (const finding of findings) console.error(formatted(finding));
  if (findings.length > 0) process.exitCode = 1;
  console.log(
    `${folder}: ${files} files, ${resources} resources, ${properties} properties checked as text; ${findings.length} findings.`,
  );
  checkByBicep([...tree.texts.keys()].map((path) => relative(folder, path)));
}

function checkByBicep(paths: readonly string[]): void {
  const named = process.env['BICEP'];
  const version = bicepVersion(named ?? 'bicep');
  if (version === undefined) {
    const where =
      named === undefined ? 'no `bicep` is on the PATH' : `BICEP (${named}) cannot be run`;
    console.log(`${where}: the templates were checked as text only.`);
    if (named !== undefined) process.exitCode = 1;
    return;
  }
  const bicep = named ?? 'bicep';
  const runs = runBicep(bicep, join(root, folder), outermost(paths), parameters(paths));
  report(version, [...runs, ...checkStamps(bicep, join(root, folder))]);
}

/** Templates that are deployed themselves stand in the folder itself; main.bicep is the one. */
const outermost = (paths: readonly string[]) => paths.filter((path) => path === 'main.bicep');

const parameters = (paths: readonly string[]) =>
  paths.filter((path) => path.endsWith('.bicepparam'));

function report(version: string, runs: readonly Run[]): void {
  for (const { command, failed, output } of runs) {
    if (failed) console.error(`${command} failed:\n${output}`);
  }
  const failures = runs.filter(({ failed }) => failed).length;
  if (failures > 0) process.exitCode = 1;
  console.log(`${version}: ${runs.length} runs, ${failures} failed.`);
}

main();
