import type { TypeNodes } from './column-json.ts';
import type { PostgresType } from './column-text.ts';
import type { PostgresSession } from './session.ts';

/** All that the types are made of, down to what holds values. */
export async function readTypes(
  session: PostgresSession,
  oids: readonly number[],
): Promise<TypeNodes> {
  if (oids.length === 0) return new Map();
  const rows = await session.rows<TypeRow>(typesSql, [oids]);
  return new Map(
    rows.map(({ oid, name, is_built_in: isBuiltIn, kind, inside, fields }) => [
      oid,
      { type: { name, isBuiltIn, kind }, inner: inside, fields },
    ]),
  );
}

interface TypeRow {
  readonly oid: number;
  readonly name: string;
  readonly is_built_in: boolean;
  readonly kind: PostgresType['kind'];
  readonly inside: number;
  readonly fields: readonly { readonly name: string; readonly oid: number }[];
}

/** What `PostgresType` says, for the type `t` of pg_type. */
export const typeKindSql = `
  case when t.typlen = -1 and t.typelem <> 0 and t.typcategory = 'A' then 'array'
       when t.typtype = 'b' then 'base'
       when t.typtype = 'e' then 'enum'
       when t.typtype = 'c' then 'composite'
       when t.typtype = 'd' then 'domain'
       when t.typtype in ('r', 'm') then 'range'
       else 'other' end`;

const typesSql = `
  with recursive reached(oid) as (
    select unnest($1::oid[])
    union
    select part.oid
    from reached join pg_type t on t.oid = reached.oid
    cross join lateral (
      select t.typbasetype where t.typtype = 'd'
      union all
      select t.typelem where t.typlen = -1 and t.typelem <> 0 and t.typcategory = 'A'
      union all
      select a.atttypid from pg_attribute a
      where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part(oid)
  )
  select t.oid, t.typname::text as name,
         t.typnamespace = 'pg_catalog'::regnamespace as is_built_in,
         ${typeKindSql} as kind,
         case when t.typtype = 'd' then t.typbasetype else t.typelem end as inside,
         coalesce((select json_agg(json_build_object('name', a.attname, 'oid', a.atttypid::int8) order by a.attnum)
                   from pg_attribute a
                   where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
                  '[]') as fields
  from reached join pg_type t on t.oid = reached.oid`;
