import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Catalog, CatalogSource, CatalogTable } from '../core/catalog/catalog.ts';
import { type CatalogFile, catalogSchema } from './catalog-schema.ts';
import { checkCatalog, logScope } from './check-catalog.ts';
import { ConfigError } from './config-error.ts';
import { describeJsonMistake, jsonMistake } from './json-mistake.ts';

/**
 * Reads and checks the catalog whole; throws a ConfigError with every mistake and its place.
 * A relative path starts at `directory`.
 */
export function loadCatalog(path: string, directory: string): Catalog {
  return parseCatalog(readCatalog(path, directory), path);
}

/** The same for text that is already read; `path` is named in errors. */
export function parseCatalog(text: string, path: string): Catalog {
  const file = parseJson(text, path);
  const parsed = catalogSchema.safeParse(file);
  const shape = parsed.success ? [] : parsed.error.issues.flatMap(linesOf);
  const mistakes = [...shape, ...checkCatalog(file)];
  if (mistakes.length > 0 || !parsed.success) {
    throw new ConfigError(`The catalog ${path} has mistakes`, { mistakes });
  }
  return toCatalog(parsed.data);
}

function readCatalog(path: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ConfigError('The catalog cannot be read', {
      mistakes: [`${path}: ${why}; set SLUICE_CATALOG to the path of the catalog file`],
      cause: error,
    });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mistake = jsonMistake(text);
    throw new ConfigError(`The catalog ${path} is not valid JSON`, {
      mistakes: mistake === undefined ? [] : [describeJsonMistake(path, mistake)],
      cause: error,
    });
  }
}

/** Each unknown field is a mistake of its own, with its own place. */
function linesOf(issue: z.core.$ZodIssue): string[] {
  const place = `/${issue.path.join('/')}`;
  if (issue.code !== 'unrecognized_keys') return [`${place}: ${issue.message}`];
  return issue.keys.map((key) => `${place === '/' ? '' : place}/${key}: there is no such field`);
}

function toCatalog(file: CatalogFile): Catalog {
  return {
    sources: Object.fromEntries(
      Object.entries(file.sources).map(([name, source]) => [name, toSource(source)]),
    ),
    tables: file.tables.map((table) => toTable(table, file.sources[table.source]?.kind)),
    excluded: file.excluded,
  };
}

function toSource(source: CatalogFile['sources'][string]): Catalog['sources'][string] {
  if (source.kind !== 'postgres') return source;
  const { mode, caSecret } = source.tls;
  return { ...source, tls: { mode, ...(caSecret === undefined ? {} : { caSecret }) } };
}

function toTable(
  table: CatalogFile['tables'][number],
  kind: CatalogSource['kind'] | undefined,
): CatalogTable {
  const {
    description,
    tenant,
    text,
    scope = kind === 'sluice' ? logScope : undefined,
    ...rest
  } = table;
  const { column, rls, schema } = tenant;
  return {
    ...rest,
    tenant: { rls, schema, ...(column === undefined ? {} : { column }) },
    ...(text === undefined ? {} : { text }),
    ...(scope === undefined ? {} : { scope }),
    ...(description === undefined ? {} : { description }),
  };
}
