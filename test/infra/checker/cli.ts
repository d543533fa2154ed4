import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** One run of the Bicep CLI; it failed if it said anything about a template. */
export interface Run {
  readonly command: string;
  readonly failed: boolean;
  readonly output: string;
}

/** A template takes seconds; a CLI that waits for something is not waited for longer. */
const timeoutMs = 120_000;

/** The version of this CLI, or undefined where there is none. */
export function bicepVersion(bicep: string): string | undefined {
  const { status, stdout } = spawnSync(bicep, ['--version'], {
    encoding: 'utf8',
    timeout: timeoutMs,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Builds these templates and parameter files and lints all templates of the folder. A warning counts
 * as a failure, as an error does.
 */
export function runBicep(
  bicep: string,
  folder: string,
  templates: readonly string[],
  parameterFiles: readonly string[],
): readonly Run[] {
  const out = mkdtempSync(join(tmpdir(), 'sluice-bicep-'));
  const run = (...args: string[]) => runOnce(bicep, folder, args);
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

function runOnce(bicep: string, folder: string, args: readonly string[]): Run {
  const options = { cwd: folder, encoding: 'utf8', timeout: timeoutMs } as const;
  const { status, stdout, stderr } = spawnSync(bicep, args, options);
  const output = `${stdout}${stderr}`.trim();
  const failed = status !== 0 || / : (Warning|Error) /.test(output);
  return { command: `bicep ${args.slice(0, 2).join(' ')}`, failed, output };
}
