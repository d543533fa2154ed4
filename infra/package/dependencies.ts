import type { Files } from './files.ts';
import { type InstallRequest, installProduction } from './install-production.ts';
import type { Manifest } from './manifest.ts';
import { readNodeModules } from './node-modules.ts';
import { PackageError } from './package-error.ts';
import { writeBom } from './sbom/bom.ts';
import { type LockedPackage, readLock } from './sbom/lock.ts';

export interface Dependencies {
  /** node_modules. */
  readonly dependencies: Files;
  /** The list of what is in it. */
  readonly sbom: Files;
}

/** Installs the production packages afresh and lists them; throws unless they are those of the lock file. */
export async function readDependencies(
  request: InstallRequest,
  manifest: Manifest,
): Promise<Dependencies> {
  const locked = readLock(request.root);
  await using installed = await installProduction(request);
  const { files, packages } = readNodeModules(installed.folder);
  const bom = writeBom(manifest, presentOf(locked, packages));
  return { dependencies: files, sbom: new Map([['sbom.cdx.json', bom]]) };
}

/** What of the lock file is there; throws unless that is all there is, and all that is needed. */
function presentOf(
  locked: readonly LockedPackage[],
  installed: ReadonlySet<string>,
): readonly LockedPackage[] {
  const known = new Set(locked.map(({ path }) => path));
  const missing = locked.filter(({ path, isOptional }) => !isOptional && !installed.has(path));
  const foreign = [...installed].filter((path) => !known.has(path));
  const wrong = [...missing.map(({ path }) => `no ${path}`), ...foreign];
  if (wrong.length > 0) {
    throw new PackageError(`npm ci installed other packages than locked: ${wrong.join(', ')}`);
  }
  return locked.filter(({ path }) => installed.has(path));
}
