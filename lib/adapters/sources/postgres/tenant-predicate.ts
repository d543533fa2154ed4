import { escapeIdentifier } from 'pg';
import { tenantSetting } from './begin-snapshot.ts';
import type { ColumnFacts } from './read-columns.ts';

/**
 * The condition that keeps the tenants apart. The id comes from the transaction's setting, never as text
 * in the SQL, and is turned into the column's own type, so that an index on the column serves.
 */
export function tenantPredicate(column: ColumnFacts): string {
  const name = escapeIdentifier(column.name);
  const tenant = `current_setting('${tenantSetting}')`;
  if (isText(column)) return `${name} = ${tenant}`;
  if (castsExactly(column)) return `${name} = ${tenant}::${column.castName}`;
  // Some casts cut the id off ("char" to one letter): then the whole texts are compared, index or not.
  return `${name}::text = ${tenant}`;
}

function isText({ type }: ColumnFacts): boolean {
  return type.isBuiltIn && ['text', 'varchar', 'name'].includes(type.name);
}

function castsExactly({ type }: ColumnFacts): boolean {
  return type.kind === 'enum' || (type.isBuiltIn && exactCasts.has(type.name));
}

const exactCasts: ReadonlySet<string> = new Set([
  ...['int2', 'int4', 'int8', 'oid', 'numeric', 'uuid', 'bpchar'],
]);
