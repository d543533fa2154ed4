import { PackageError } from '../package-error.ts';
import type { LockedPackage } from './lock.ts';

export type PackagesByPath = ReadonlyMap<string, LockedPackage>;

/** The packages that this one gets when it asks for what it names, found as Node finds them. */
export function dependenciesOf(
  { path, requires, mayUse }: Pick<LockedPackage, 'path' | 'requires' | 'mayUse'>,
  packages: PackagesByPath,
): readonly LockedPackage[] {
  const needed = requires.map((name) => {
    const found = find(path, name, packages);
    if (found !== undefined) return found;
    throw new PackageError(`package-lock.json lacks ${name}, which ${path} asks for.`);
  });
  return [...needed, ...mayUse.flatMap((name) => find(path, name, packages) ?? [])];
}

function find(from: string, name: string, packages: PackagesByPath): LockedPackage | undefined {
  const folder = from === '' ? '' : `${from}/`;
  const found = packages.get(`${folder}node_modules/${name}`);
  if (found !== undefined || from === '') return found;
  return find(from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)), name, packages);
}
