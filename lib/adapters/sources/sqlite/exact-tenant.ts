import type { DatabaseSync } from 'node:sqlite';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import { affinityOf } from './declared-type.ts';
import { escapeName } from './escape-name.ts';

/**
 * The predicate that keeps tenants apart, with the tenant's id as the parameter ?1: text to text, byte
 * for byte. The plain comparison before it is there for the index; alone it would take `T1` or `t1 ` for
 * `t1` under NOCASE and RTRIM, and `01` for the number 1.
 */
export function tenantPredicate({ name, sourceType }: Column): string {
  const column = escapeName(name);
  const exact = `${asText(column)} = ?1 collate binary`;
  // Without a declared type (a view's expression) SQLite holds the number 1 and the text '1' apart, and
  // would take the bytes of an id for the id.
  return sourceType === ''
    ? `${exact} and typeof(${column}) <> 'blob'`
    : `${column} = ?1 and ${exact}`;
}

/** The tenant of a row for the tripwire. */
export function tenantText({ name }: Column): string {
  return asText(escapeName(name));
}

function asText(column: string): string {
  return `cast(${column} as text)`;
}

/**
 * Throws `tenant_id_unfit` for an id that a column of numbers would take for another one (`01`, ` 1`,
 * `+1`, `1.0`), or cannot hold as it is written (20 digits): compared exactly it matches no row, and an
 * export of nothing must not look like one of everything. SQLite itself says how it writes the number.
 */
export function requireCanonicalId(
  database: DatabaseSync,
  id: string,
  column: Column,
  table: CatalogTable,
): void {
  const affinity = affinityOf(column.sourceType);
  if (affinity === 'text' || affinity === 'blob' || !looksNumeric.test(id)) return;
  const type = affinity === 'real' ? 'real' : 'numeric';
  const [written] = database
    .prepare(`select cast(cast(?1 as ${type}) as text)`)
    .get(id) as unknown as readonly [string];
  if (written === id) return;
  throw new SluiceError('tenant_id_unfit', {
    message: `This tenant's id in the data source does not fit the table "${table.name}". Tell the operator.`,
    internal: `Table ${table.name}: the tenant column ${column.name} is ${column.sourceType}, so the tenant's sourceId must be written as SQLite writes its number: no blanks, leading zeros or plus sign, ".0" for REAL only, and no more digits than it holds. Add the tenant anew with it (POST /v1/operator/tenants).`,
  });
}

// What SQLite turns into a number when it compares a text with a column of numbers.
const looksNumeric = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The tripwire: for a row that is not the tenant's, whatever let it through. */
export function isolationBroken({ name }: CatalogTable): SluiceError {
  return new SluiceError('isolation_broken', {
    message: `The source gave a row of another tenant for the table "${name}". Nothing of it is kept. Tell the operator.`,
    internal: `Table ${name}: a row whose tenant column differs from the tenant's id came through the predicate; look for a damaged index on that column (pragma integrity_check), or for a view that changes it.`,
  });
}
