import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The texts of all .kql files of one folder beside this file, by their names without the ending. */
export function readQueries(folder: 'alerts' | 'queries'): ReadonlyMap<string, string> {
  const path = join(import.meta.dirname, folder);
  const files = readdirSync(path).filter((file) => file.endsWith('.kql'));
  return new Map(
    files.map((file) => [file.slice(0, -'.kql'.length), readFileSync(join(path, file), 'utf8')]),
  );
}

/** Finds a query of `queries/`; a name without a file is a mistake of ours. */
export function readQuery(name: string): string {
  const query = readQueries('queries').get(name);
  if (query === undefined) throw new TypeError(`There is no queries/${name}.kql.`);
  return query;
}
