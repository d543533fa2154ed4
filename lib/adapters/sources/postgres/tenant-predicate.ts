import { escapeIdentifier } from 'pg';
import { tenantSetting } from './begin-snapshot.ts';
import type { ColumnFacts } from './read-columns.ts';

/**
 * The condition that keeps the tenants apart. The id comes from the transaction's setting, never as text
 * in the SQL, and is turned into the column's own type, so that an index on the column serves. Ids that
 * such a cast would bend are refused before (`requireCanonicalId`); where the column itself takes two
 * texts for equal, the bytes must be equal, too.
 */
export function tenantPredicate(column: ColumnFacts): string {
  const name = escapeIdentifier(column.name);
  const tenant = `current_setting('${tenantSetting}')`;
  const exactly = `${name}::text collate "C" = ${tenant}`;
  if (isText(column)) {
    return column.hasExactCollation ? `${name} = ${tenant}` : `${name} = ${tenant} and ${exactly}`;
  }
  // Blanks at the end do not count for bpchar.
  if (isBuiltIn(column, 'bpchar')) return `${name} = ${tenant}::bpchar and ${exactly}`;
  if (castsExactly(column)) return `${name} = ${tenant}::${column.castName}`;
  // Some casts cut the id off ("char" to one letter): then the whole texts are compared, index or not.
  return exactly;
}

/**
 * The tripwire: whether the row that was read is the tenant's, asked of the value itself and in another
 * way than the predicate asks. It stands before each record, and the reader refuses a record without it.
 * It catches a predicate that is lost or changed, and rows to which a damaged index leads: an index's
 * word is taken for the predicate, while this looks at the row.
 */
export function tenantMark(column: ColumnFacts): string {
  const name = escapeIdentifier(column.name);
  // As a query of its own it is looked up once, not for each row.
  const tenant = `(select current_setting('${tenantSetting}'))`;
  if (isBuiltIn(column, 'numeric')) return `${name} = (select ${tenant}::numeric)`;
  return `${name}::text collate "C" = ${tenant}`;
}

function isText(column: ColumnFacts): boolean {
  return ['text', 'varchar', 'name'].some((type) => isBuiltIn(column, type));
}

function castsExactly(column: ColumnFacts): boolean {
  return column.type.kind === 'enum' || exactCasts.some((type) => isBuiltIn(column, type));
}

function isBuiltIn({ type }: ColumnFacts, name: string): boolean {
  return type.isBuiltIn && type.name === name;
}

const exactCasts = ['int2', 'int4', 'int8', 'oid', 'numeric', 'uuid'] as const;
