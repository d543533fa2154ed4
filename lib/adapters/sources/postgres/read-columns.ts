import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { jsonText, type TypeNodes } from './column-json.ts';
import { type PostgresType, typeText } from './column-text.ts';
import { readTypes, typeKindSql } from './read-types.ts';
import type { PostgresSession } from './session.ts';

/** One column as the system catalog has it. */
export interface ColumnFacts {
  readonly name: string;
  /** As PostgreSQL names it, with its length or precision; names outside pg_catalog carry their schema. */
  readonly sourceType: string;
  readonly nullable: boolean;
  /** The type, or for a domain the type beneath it. */
  readonly type: PostgresType;
  /** That type in SQL, without a length: a cast to it never cuts anything off. */
  readonly castName: string;
  /** SQL that makes the value's text of the `data` dialect out of the escaped column. */
  readonly expression: (column: string) => string;
  /** False for a collation that takes different texts for equal. */
  readonly hasExactCollation: boolean;
}

/** The columns in their order in the source, generated ones included. */
export async function readColumns(
  session: PostgresSession,
  table: CatalogTable,
  oid: number,
): Promise<readonly ColumnFacts[]> {
  const rows = await session.rows<ColumnRow>(columnsSql, [oid], table.name);
  const nodes = await readTypes(
    session,
    rows.filter(isMadeOfOthers).map((row) => row.type_oid),
  );
  return rows.map((row) => ({
    name: row.name,
    sourceType: row.source_type,
    nullable: row.nullable,
    type: { name: row.type_name, isBuiltIn: row.is_built_in, kind: row.kind },
    castName: row.cast_name,
    expression: expressionOf(row, nodes),
    hasExactCollation: row.has_exact_collation,
  }));
}

function expressionOf(row: ColumnRow, nodes: TypeNodes): (column: string) => string {
  const { expression } = typeText({
    name: row.type_name,
    isBuiltIn: row.is_built_in,
    kind: row.kind,
  });
  if (!isMadeOfOthers(row)) return expression;
  return (column) => jsonText(nodes, row.type_oid, column) ?? expression(column);
}

function isMadeOfOthers({ kind }: ColumnRow): boolean {
  return kind === 'array' || kind === 'composite';
}

interface ColumnRow {
  readonly name: string;
  readonly source_type: string;
  readonly nullable: boolean;
  readonly type_name: string;
  readonly is_built_in: boolean;
  readonly kind: PostgresType['kind'];
  readonly cast_name: string;
  readonly type_oid: number;
  readonly has_exact_collation: boolean;
}

// NOT NULL that was not validated (PostgreSQL 18) binds new rows only; the old ones may hold NULL.
// A domain may stand on a domain; the innermost type decides. With -1 format_type gives a name that
// stands for the type without a length (NULL would give "character", which SQL reads as character(1)).
const columnsSql = `
  select a.attname::text as name,
         format_type(a.atttypid, a.atttypmod) as source_type,
         not (chain.not_null or a.attnotnull and not exists (
           select from pg_constraint
           where conrelid = a.attrelid and contype = 'n' and conkey = array[a.attnum] and not convalidated
         )) as nullable,
         t.typname::text as type_name,
         t.typnamespace = 'pg_catalog'::regnamespace as is_built_in,
         ${typeKindSql} as kind,
         format_type(t.oid, -1) as cast_name, t.oid as type_oid,
         coalesce(co.collisdeterministic, true) as has_exact_collation
  from pg_attribute a
  cross join lateral (
    with recursive step(oid, depth, not_null) as (
      select a.atttypid, 0, false
      union all
      select d.typbasetype, step.depth + 1, step.not_null or d.typnotnull
      from step join pg_type d on d.oid = step.oid and d.typtype = 'd'
    )
    select oid, not_null from step order by depth desc limit 1
  ) chain
  join pg_type t on t.oid = chain.oid
  left join pg_collation co on co.oid = a.attcollation
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;
