import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { ColumnFacts } from './read-columns.ts';

/**
 * Refuses an id that the column's type would read as another tenant's: `01`, ` 1`, `+1` and `1.0` are
 * all 1 to a numeric column. The id must be written as PostgreSQL writes the value. Throws
 * `tenant_id_unfit`.
 */
export function requireCanonicalId(
  column: ColumnFacts,
  tenantSourceId: string,
  table: CatalogTable,
): void {
  const form = column.type.isBuiltIn ? forms[column.type.name] : undefined;
  if (form === undefined || form.isWritten(tenantSourceId)) return;
  throw unfit(table, column, form.words);
}

/** The same for an enum, whose labels only the database knows. */
export function requireLabel(isLabel: boolean, column: ColumnFacts, table: CatalogTable): void {
  if (!isLabel) throw unfit(table, column, 'one of its labels');
}

function unfit(table: CatalogTable, column: ColumnFacts, words: string): SluiceError {
  return new SluiceError('tenant_id_unfit', {
    message: `This tenant's id in the data source does not fit the table "${table.name}". Tell the operator.`,
    internal:
      `Table ${table.name}: the tenant column ${column.name} is ${column.sourceType}, so the tenant's sourceId ` +
      `must be ${words}. Add the tenant anew with it (POST /v1/operator/tenants).`,
  });
}

interface Form {
  readonly words: string;
  readonly isWritten: (id: string) => boolean;
}

const integer = (bits: bigint): Form => ({
  words: 'a whole number within its range, without leading zeros, blanks or a plus sign',
  isWritten: (id) =>
    /^(0|-?[1-9]\d{0,18})$/.test(id) &&
    BigInt(id) >= -(2n ** (bits - 1n)) &&
    BigInt(id) < 2n ** (bits - 1n),
});

const forms: Readonly<Record<string, Form>> = {
  int2: integer(16n),
  int4: integer(32n),
  int8: integer(64n),
  oid: {
    words: 'a whole number from 0 to 4294967295 without leading zeros',
    isWritten: (id) => /^(0|[1-9]\d{0,9})$/.test(id) && Number(id) < 2 ** 32,
  },
  numeric: {
    words: 'a number without leading or trailing zeros, blanks, a plus sign or an exponent',
    isWritten: (id) => /^(0|-?[1-9]\d{0,1000}|-?(0|[1-9]\d{0,1000})\.\d{0,1000}[1-9])$/.test(id),
  },
  uuid: {
    words: 'a UUID in small letters with dashes',
    isWritten: (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id),
  },
};
