import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Run, runBicep } from '../bicep/run.ts';

/**
 * Builds these templates and parameter files and lints all templates of the folder. A warning counts
 * as a failure, as an error does.
 */
export function buildAndLint(
  bicep: string,
  folder: string,
  templates: readonly string[],
  parameterFiles: readonly string[],
): readonly Run[] {
  const out = mkdtempSync(join(tmpdir(), 'sluice-bicep-'));
  const run = (...args: string[]) => withoutAWord(bicep, folder, args);
  const target = (path: string) => join(out, `${basename(path)}.json`);
  try {
    return [
      run('lint', '--pattern', '**/*.bicep'),
      ...templates.map((path) => run('build', path, '--outfile', target(path))),
      ...parameterFiles.map((path) => run('build-params', path, '--outfile', target(path))),
    ];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function withoutAWord(bicep: string, folder: string, args: readonly string[]): Run {
  const { status, output } = runBicep(bicep, folder, args);
  const failed = status !== 0 || / : (Warning|Error) /.test(output);
  return { command: `bicep ${args.slice(0, 2).join(' ')}`, failed, output };
}
