export const benchTable = 'bench_rows';
export const benchTenant = 'tenant-1';
export const seed = 20_261_121;

const words =
  'printer offline after update please check again thanks battery screen login slow password mail'.split(
    ' ',
  );

/**
 * Statements that make the table: so many rows of the tenant, and 1 % of another tenant's strewn in.
 * Everything is a hash of the row's number and the seed, so it is the same on every machine.
 */
export function benchTableSql(rows: number): string {
  const totalRows = rows + rows / 100;
  return `
    create table ${benchTable} (
      id bigint primary key, tenant_id text not null, external_id uuid not null,
      created_at timestamptz not null, updated_at timestamptz, email text not null,
      amount numeric(12,2) not null, quantity int not null, active boolean not null,
      note text, attributes json not null);
    insert into ${benchTable}
    select g,
      case when g % 101 = 0 then 'tenant-2' else '${benchTenant}' end,
      md5(g::text || '${seed}')::uuid,
      timestamptz '2024-01-01 00:00Z' + (a % 63072000000) * interval '1 millisecond',
      case when b & 3 > 0
        then timestamptz '2026-01-01 00:00Z' + (b % 31536000000) * interval '1 millisecond' end,
      'user' || a % 100000 || '@example.com',
      ((b >> 8 & 1048575)::numeric / 100)::numeric(12,2),
      (a >> 5 & 511)::int,
      b & 16 > 0,
      case a >> 9 & 31
        when 0 then null when 1 then ''
        when 2 then 'She said "call back", then left.'
        when 3 then E'first line\\nsecond line'
        when 4 then 'Grüße 🚀, שלום'
        else ${[12, 16, 20].map(word).join(" || ' ' || ")} end,
      ('{"plan":"' || case when b & 32 > 0 then 'basic' else 'pro' end ||
        '","seats":' || (b >> 6 & 255) || '}')::json
    from generate_series(1, ${totalRows}) as g
    cross join lateral (
      select hashint8extended(g, ${seed}) & 9223372036854775807 as a,
             hashint8extended(g, ${seed + 1}) & 9223372036854775807 as b) as hash`;
}

function word(shift: number): string {
  return `(array['${words.join("','")}'])[1 + (a >> ${shift} & 15) % ${words.length}]`;
}

/** The view through which the tenant has exactly so many rows, whatever the table's size is. */
export function seriesView(rows: number): string {
  return `${benchTable}_${rows}`;
}

/** The small table that links are issued for. */
export const linkTableRows = 1_000;
export const linkTable = seriesView(linkTableRows);

/** Makes that view; where the table is too small, its rows come several times. */
export function seriesViewSql(rows: number, tableRows: number): string {
  const times = Math.ceil(rows / tableRows);
  return `create view ${seriesView(rows)} as select r.* from ${benchTable} r
    cross join generate_series(1, ${times}) where r.tenant_id = '${benchTenant}' limit ${rows}`;
}

/** What a person writes who wants the same text as the `data` dialect gives. */
export const handWrittenSelect = `select id, tenant_id, external_id,
  replace((created_at at time zone 'UTC')::text, ' ', 'T') || 'Z' as created_at,
  replace((updated_at at time zone 'UTC')::text, ' ', 'T') || 'Z' as updated_at,
  email, amount, quantity, active::text as active, note, attributes
  from ${benchTable} where tenant_id = '${benchTenant}'`;
