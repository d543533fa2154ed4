import { join, relative } from 'node:path';
import { reportRuns } from '../bicep/report.ts';
import { buildAndLint } from './build.ts';
import { check } from './check.ts';
import { formatted } from './finding.ts';
import { readSourceTree } from './source-tree.ts';

/** The project, or another one that has templates in the same folder. */
const root = process.argv[2] ?? join(import.meta.dirname, '../../..');
const folder = 'infra';

/** Checks the templates as text, and lets the Bicep CLI build and lint them where there is one. */
function main(): void {
  const tree = readSourceTree(root, folder);
  const { findings, files, resources, properties } = check(tree);
  for (const finding of findings) console.error(formatted(finding));
  if (findings.length > 0) process.exitCode = 1;
  console.log(
    `${folder}: ${files} files, ${resources} resources, ${properties} properties checked as text; ${findings.length} findings.`,
  );
  const paths = [...tree.texts.keys()].map((path) => relative(folder, path));
  reportRuns(
    'built and linted',
    (bicep) => buildAndLint(bicep, join(root, folder), outermost(paths), parameters(paths)),
    'the templates were checked as text only.',
  );
}

/** Templates that are deployed themselves stand in the folder itself; main.bicep is the one. */
const outermost = (paths: readonly string[]) => paths.filter((path) => path === 'main.bicep');

const parameters = (paths: readonly string[]) =>
  paths.filter((path) => path.endsWith('.bicepparam'));

main();
