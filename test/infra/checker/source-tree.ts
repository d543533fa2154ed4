import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** The files below a folder, by their path from the project's root; templates with their text. */
export interface SourceTree {
  readonly texts: ReadonlyMap<string, string>;
  readonly others: ReadonlySet<string>;
}

const isTemplate = (path: string) => path.endsWith('.bicep') || path.endsWith('.bicepparam');

/** Reads every template and parameter file below `folder`, a folder of `root`. */
export function readSourceTree(root: string, folder: string): SourceTree {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join(folder, ...path.split(sep)))
    .filter((path) => statSync(join(root, path)).isFile());
  const texts = paths
    .filter(isTemplate)
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);
  return { texts: new Map(texts), others: new Set(paths.filter((path) => !isTemplate(path))) };
}
