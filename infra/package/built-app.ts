import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from './files.ts';
import { PackageError } from './package-error.ts';

/** Rooms of the source that are compiled. */
const rooms = ['functions', 'orchestrations', 'lib'];
/** What stands in for Azure is never deployed. */
const notDeployed = 'lib/local-host/';

/**
 * The compiled app, one file of dist for each source file, so that leftovers of deleted sources stay
 * behind. No source maps: Node reads them only when told to, and then for every module at each cold
 * start; a build of the same version makes the same maps for whoever needs them. Throws when
 * something is not built, or is older than its source.
 */
export function readBuiltApp(root: string): Files {
  const pairs = sourcesOf(root).map((source) => ({
    source,
    built: `dist/${source.slice(0, -'.ts'.length)}.js`,
  }));
  const late = pairs.filter(
    ({ source, built }) => changedAt(root, source) > changedAt(root, built),
  );
  const [first, ...more] = late;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : `, like ${more.length} more`;
    throw new PackageError(
      `${first.built} is missing or older than ${first.source}${others}. Next:
  npm run build, or npm run package, which builds first`,
    );
  }
  return new Map(pairs.map(({ built }) => [built, readFileSync(join(root, built))]));
}

function sourcesOf(root: string): readonly string[] {
  return globSync(`{${rooms.join(',')}}/**/*.ts`, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.startsWith(notDeployed))
    .toSorted();
}

/** In milliseconds; a file that is not there is older than any other. */
function changedAt(root: string, path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
