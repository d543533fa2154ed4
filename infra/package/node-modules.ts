import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Files } from './files.ts';
import { isLeftOut } from './left-out.ts';
import { PackageError } from './package-error.ts';

/** What was installed, and which of it is packed. */
export interface NodeModules {
  readonly files: Files;
  /** The folder of every package, as package-lock.json writes it. */
  readonly packages: ReadonlySet<string>;
}

const packageFile = /^(.*node_modules\/(?:@[^/]+\/)?[^/@][^/]*)\/package\.json$/;

/** Reads the node_modules below this folder. */
export function readNodeModules(folder: string): NodeModules {
  const options = { recursive: true, withFileTypes: true } as const;
  const paths = readdirSync(join(folder, 'node_modules'), options)
    .filter((entry) => !entry.isDirectory())
    .map((entry) => pathOf(folder, entry))
    .filter((path) => !isLeftOut(path))
    .toSorted();
  return {
    files: new Map(paths.map((path) => [path, readFileSync(join(folder, path))])),
    packages: new Set(paths.flatMap((path) => packageFile.exec(path)?.[1] ?? [])),
  };
}

function pathOf(folder: string, entry: Dirent): string {
  const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/');
  // Only links to commands are expected; they are left out anyway.
  if (entry.isFile() || isLeftOut(path)) return path;
  throw new PackageError(`${path} is a link; a package must hold its files itself.`);
}
