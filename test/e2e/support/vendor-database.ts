/** The tenants' ids in the vendor's own rows. */
export const sourceIds = { alpha: 't-a', beta: 't-b' } as const;

/** Views over generated rows, each with an exact count, so that nothing large is stored. */
export const boundaryRows = [0, 1, 999_999, 1_000_000, 1_000_001, 2_000_000] as const;

/** One row of every type: its SQL and what the CSV must hold. */
export const typeCases: readonly (readonly [
  column: string,
  type: string,
  sql: string,
  csv: string,
])[] = [
  ['c_smallint', 'smallint', '-32768', '-32768'],
  ['c_bigint', 'bigint', '9223372036854775807', '9223372036854775807'],
  ['c_numeric', 'numeric', '12345678901234567890.000100', '12345678901234567890.000100'],
  ['c_nan', 'numeric', "'NaN'", 'NaN'],
  ['c_infinite', 'numeric', "'-Infinity'", '-Infinity'],
  ['c_real', 'real', '1.5', '1.5'],
  ['c_double', 'double precision', '0.1', '0.1'],
  ['c_true', 'boolean', 'true', 'true'],
  ['c_false', 'boolean', 'false', 'false'],
  ['c_text', 'text', `E'a "b", c\\nd\\r\\n e'`, 'a "b", c\nd\r\n e'],
  ['c_unicode', 'text', "'Grüße 🚀 שלום'", 'Grüße 🚀 שלום'],
  ['c_bytes', 'bytea', `'\\x00ff10'`, 'AP8Q'],
  ['c_date', 'date', "'2024-02-29'", '2024-02-29'],
  ['c_time', 'time', "'23:59:59.5'", '23:59:59.5'],
  [
    'c_uuid',
    'uuid',
    "'7f1c6d4e-0000-4000-8000-00000000abcd'",
    '7f1c6d4e-0000-4000-8000-00000000abcd',
  ],
  ['c_json', 'jsonb', `'{"a": [1, null]}'`, '{"a": [1, null]}'],
  ['c_enum', 'mood', "'so so'", 'so so'],
  ['c_domain', 'positive', '7', '7'],
];

/** Statements that make the vendor's tables; run by their owner. */
export function vendorSchema(): string {
  return [
    `create type mood as enum ('happy', 'so so')`,
    `create domain positive as int check (value > 0)`,
    `create table people (id int primary key, tenant_id text not null, name text, note text)`,
    `insert into people values
       (1, 't-a', 'Ada', null), (2, 't-a', 'Béla "B"', ''), (3, 't-a', E'new\\nline', '=1+1'),
       (4, 't-b', 'Only beta', 'beta-secret-4711'), (5, 't-b', 'Also beta', '')`,
    `create table nothing_yet (id int primary key, tenant_id text not null)`,
    `create table all_types (tenant_id text not null, ${typeCases.map(([name, type]) => `${name} ${type}`).join(', ')})`,
    `insert into all_types values ('t-a', ${typeCases.map(([, , sql]) => sql).join(', ')})`,
    ...boundaryRows.map(
      (rows) =>
        `create view rows_${rows} as select g as id, 't-a'::text as tenant_id, md5(g::text) as hash from generate_series(1, ${rows}) g`,
    ),
    `create view sleepy as select g as id, 't-a'::text as tenant_id, pg_sleep(0.2)::text as nap from generate_series(1, 100000) g`,
    `create view slow as select g as id, 't-a'::text as tenant_id, case when g % 2000 = 0 then pg_sleep(0.05)::text else '' end as nap from generate_series(1, 100000) g`,
  ].join(';\n');
}

/** What a catalog for this database holds; `dead` and `keyless` name databases that cannot be reached. */
export function vendorCatalog(): object {
  const tenant = { column: 'tenant_id' };
  const table = (name: string, change: object = {}) => ({
    name,
    source: 'main',
    from: `public.${name}`,
    tenant,
    ...change,
  });
  const postgres = (secret: string, change: object = {}) => ({
    kind: 'postgres',
    connection: { secret },
    tls: { mode: 'disable' },
    ...change,
  });
  return {
    sources: {
      main: postgres('e2e-main'),
      short: postgres('e2e-main', { statementTimeoutMinutes: 0.05 }),
      dead: postgres('e2e-dead', { connectTimeoutSeconds: 2 }),
      keyless: postgres('e2e-keyless'),
      own: { kind: 'sluice' },
    },
    tables: [
      table('people', { key: ['id'], description: 'People.', labels: { system: 'crm' } }),
      table('nothing_yet', { key: ['id'], labels: { system: 'shop' } }),
      table('all_types'),
      ...boundaryRows.map((rows) => table(`rows_${rows}`)),
      table('sleepy', { source: 'short' }),
      table('slow'),
      table('missing', { from: 'public.does_not_exist' }),
      table('unreachable', { source: 'dead' }),
      table('unsealed', { source: 'keyless' }),
      table('audit_log', { source: 'own', from: 'audit_log', key: ['seq'] }),
    ],
    excluded: [{ name: 'audit_trail', reason: 'Kept by the vendor for its own compliance.' }],
  };
}
