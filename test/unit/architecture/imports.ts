import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

/** One import of one file, both as paths from the project's root, or a package's name. */
export interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const pattern =
  /(?:^|\n)\s*(?:import|export)\s+(?<type>type\s)?(?<names>[^'";]*?\sfrom\s+)?['"](?<specifier>[^'"]+)['"]/g;
const dynamicPattern = /\bimport\(\s*['"](?<specifier>[^'"]+)['"]/g;

/** Every import of every TypeScript file below these folders. */
export function importsOf(root: string, folders: readonly string[]): readonly Import[] {
  return folders.flatMap((folder) =>
    filesBelow(join(root, folder)).flatMap((file) => importsIn(root, file)),
  );
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsIn(root: string, path: string): readonly Import[] {
  const text = readFileSync(path, 'utf8');
  const file = relative(root, path);
  const found = [...text.matchAll(pattern), ...text.matchAll(dynamicPattern)];
  return found.map(({ groups }) => ({
    file,
    target: resolve(file, groups?.['specifier'] ?? ''),
    typeOnly: groups?.['type'] !== undefined,
  }));
}

function resolve(file: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(dirname(file), specifier) : specifier;
}
