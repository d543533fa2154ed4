import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

/** Which Bicep CLI there is, or why there is none and whether that is a failure. */
export type Found =
  | { readonly path: string; readonly version: string }
  | { readonly missing: string; readonly failed: boolean };

/**
 * The CLI that BICEP names, else the one on the PATH, else the one that `.ci/bicep/install` fetched. It must
 * be there where BICEP names it and where CI is set: a check that checks nothing must not look like a good one.
 */
export function findBicep(env: NodeJS.ProcessEnv, root: string): Found {
  const named = env['BICEP'];
  const fetched = globSync(join(root, '.sluice/nuget/azure.bicep.commandline.*/*/tools/bicep'));
  for (const path of named === undefined ? ['bicep', ...fetched] : [named]) {
    const { status, stdout } = spawnSync(path, ['--version'], { env, encoding: 'utf8' });
    if (status === 0) return { path, version: stdout.trim() };
  }
  const missing =
    named === undefined
      ? 'there is no `bicep` on the PATH; `.ci/bicep/install` fetches it where there is a .NET SDK.'
      : `BICEP (${named}) cannot be run.`;
  return { missing, failed: named !== undefined || env['CI'] !== undefined };
}
