import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type {
  Catalog,
  CatalogSource,
  CatalogTable,
  TenantIsolation,
} from '../core/catalog/catalog.ts';
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
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return linesOfUnion(issue);
  const place = `/${issue.path.join('/')}`;
  if (issue.code !== 'unrecognized_keys') return [`${place}: ${issue.message}`];
  return issue.keys.map((key) => `${place === '/' ? '' : place}/${key}: there is no such field`);
}

/** Of several shapes the one is meant whose kind the value has: a text, an object. */
function linesOfUnion(issue: z.core.$ZodIssueInvalidUnion): string[] {
  const isOtherKind = ([first]: readonly z.core.$ZodIssue[]) =>
    first === undefined ||
    first.code === 'invalid_value' ||
    (first.code === 'invalid_type' && first.path.length === 0);
  const meant = issue.errors.find((errors) => !isOtherKind(errors)) ?? issue.errors.at(-1) ?? [];
  return meant.flatMap((each) => linesOf({ ...each, path: [...issue.path, ...each.path] }));
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
    from,
    tenant,
    text,
    scope = kind === 'sluice' ? logScope : undefined,
    ...rest
  } = table;
  return {
    ...rest,
    ...relationOf(from, kind === 'postgres' && !tenant.schema),
    tenant: isolationOf(tenant),
    ...(text === undefined ? {} : { text }),
    ...(scope === undefined ? {} : { scope }),
    ...(description === undefined ? {} : { description }),
  };
}

function isolationOf(wish: CatalogFile['tables'][number]['tenant']): TenantIsolation {
  const { rls, schema, shared } = wish;
  const column = 'column' in wish ? wish.column : undefined;
  return {
    rls,
    schema,
    ...(shared ? { shared } : {}),
    ...(column === undefined ? {} : { column }),
  };
}

/** A text is split at its dot where the source has schemas; what is written apart stays as it is. */
function relationOf(from: CatalogFile['tables'][number]['from'], hasSchemas: boolean) {
  if (typeof from !== 'string') {
    return { from: from.table, ...(from.schema === undefined ? {} : { fromSchema: from.schema }) };
  }
  const dot = from.indexOf('.');
  if (!hasSchemas || dot === -1) return { from };
  return { fromSchema: from.slice(0, dot), from: from.slice(dot + 1) };
}
