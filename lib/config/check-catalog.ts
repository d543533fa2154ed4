import { z } from 'zod';
import { tableSchema } from './catalog-schema.ts';

/** Our own state is the tenant's log: whoever may not read it at its route may not read it as a table. */
export const logScope = 'audit:read';

type Table = z.infer<typeof tableSchema>;

/** The parts of a catalog that are in shape, so that these rules speak even where others failed. */
interface Readable {
  readonly kinds: ReadonlyMap<string, unknown>;
  readonly tables: readonly { readonly index: number; readonly table: Table }[];
  readonly excluded: ReadonlySet<unknown>;
}

/** Rules that span several places of the catalog; one line for each mistake, with its place. */
export function checkCatalog(file: unknown): readonly string[] {
  const catalog = readable(file);
  return catalog.tables.flatMap(({ index, table }) => [
    ...sourceMistakes(catalog, table, `/tables/${index}`),
    ...nameMistakes(catalog, table, index),
    ...isolationMistakes(catalog, table, `/tables/${index}/tenant`),
    ...scopeMistakes(catalog, table, `/tables/${index}`),
    ...textMistakes(catalog, table, `/tables/${index}/text`),
    ...ownStateMistakes(catalog, table, `/tables/${index}`),
    ...keyMistakes(table, `/tables/${index}/key`),
  ]);
}

const loose = z.object({
  sources: z
    .record(z.string(), z.object({ kind: z.unknown() }).catch({ kind: undefined }))
    .catch({}),
  tables: z.array(z.unknown()).catch([]),
  excluded: z.array(z.object({ name: z.unknown() }).catch({ name: undefined })).catch([]),
});

function readable(file: unknown): Readable {
  const { sources, tables, excluded } = loose
    .catch({ sources: {}, tables: [], excluded: [] })
    .parse(file);
  return {
    kinds: new Map(Object.entries(sources).map(([name, { kind }]) => [name, kind])),
    tables: tables.flatMap((entry, index) => {
      const parsed = tableSchema.safeParse(entry);
      return parsed.success ? [{ index, table: parsed.data }] : [];
    }),
    excluded: new Set(excluded.map(({ name }) => name)),
  };
}

function sourceMistakes({ kinds }: Readable, { source }: Table, place: string): string[] {
  if (kinds.has(source)) return [];
  return [
    `${place}/source: there is no source "${source}"; there are: ${[...kinds.keys()].join(', ')}`,
  ];
}

function nameMistakes(catalog: Readable, { name }: Table, index: number): string[] {
  const mistakes: string[] = [];
  if (catalog.tables.some((other) => other.table.name === name && other.index < index)) {
    mistakes.push(`/tables/${index}/name: the name "${name}" is used twice`);
  }
  if (catalog.excluded.has(name)) {
    mistakes.push(`/tables/${index}/name: "${name}" is a table and is excluded too`);
  }
  return mistakes;
}

function isolationMistakes({ kinds }: Readable, table: Table, place: string): string[] {
  const { rls, schema, shared } = table.tenant;
  const column = 'column' in table.tenant ? table.tenant.column : undefined;
  const mistakes: string[] = [];
  if (column === undefined && !rls && !schema && !shared) {
    mistakes.push(
      `${place}: say how tenants are kept apart: column, rls or schema; or "shared" for a table that every tenant gets whole`,
    );
  }
  if (kinds.get(table.source) === 'sqlite' && (rls || schema)) {
    mistakes.push(`${place}: a sqlite source knows only column and "shared"`);
  }
  if (schema && namesSchema(table.from)) {
    mistakes.push(`${place}: with schema, "from" is the table's name alone`);
  }
  if (kinds.get(table.source) === 'sqlite' && typeof table.from !== 'string' && table.from.schema) {
    mistakes.push(
      `${place.replace(/tenant$/, 'from')}: a sqlite source has no schemas; leave it out`,
    );
  }
  return mistakes;
}

/** Labels would open to whoever is limited to them what speaks of the whole tenant. */
function scopeMistakes({ kinds }: Readable, table: Table, place: string): string[] {
  const isLog = kinds.get(table.source) === 'sluice';
  const { scope = isLog ? logScope : undefined, labels } = table;
  const mistakes: string[] = [];
  if (isLog && scope !== logScope) {
    mistakes.push(`${place}/scope: a table of a sluice source demands ${logScope}; leave this out`);
  }
  if (scope !== undefined && Object.keys(labels).length > 0) {
    mistakes.push(
      `${place}/labels: the table demands the scope ${scope}, so nobody limited to labels sees it; leave them out`,
    );
  }
  return mistakes;
}

function textMistakes({ kinds }: Readable, { source, text }: Table, place: string): string[] {
  if (text === undefined || kinds.get(source) === 'sqlite') return [];
  return [`${place}: only a sqlite source holds texts of unknown encoding; leave this out`];
}

function namesSchema(from: Table['from']): boolean {
  return typeof from === 'string' ? from.includes('.') : from.schema !== undefined;
}

/** The column says what is true anyway: the source gives each tenant its own chain and no other. */
function ownStateMistakes({ kinds }: Readable, table: Table, place: string): string[] {
  if (kinds.get(table.source) !== 'sluice') return [];
  const mistakes: string[] = [];
  if (table.from !== 'audit_log') {
    mistakes.push(`${place}/from: a sluice source has the table audit_log only`);
  }
  const { rls, schema, shared } = table.tenant;
  const column = 'column' in table.tenant ? table.tenant.column : undefined;
  if (column !== 'tenant_id' || rls || schema || shared) {
    mistakes.push(`${place}/tenant: for a sluice source this is {"column": "tenant_id"}`);
  }
  return mistakes;
}

function keyMistakes({ key }: Table, place: string): string[] {
  return new Set(key).size === key.length ? [] : [`${place}: a column is named twice`];
}
