import type { ColumnType } from '../../../lib/core/sources/column.ts';
import type { Cell } from './read-stream.ts';

/** One column: its type, a value in SQL, what the reader is told, and the cell. */
export type TypeCase = readonly [sqlType: string, value: string, type: ColumnType, cell: Cell];

/** Types that the cases below stand on. */
export const typeSetup = `
  create type mood as enum ('sad', 'so so', 'happy, very');
  create type point3 as (x int, "y y" numeric, at timestamptz, nested int[]);
  create domain percentage as numeric(5,2) check (value between 0 and 100);
  create domain half as percentage not null;
  create domain flags as boolean;
  create domain moments as timestamptz;
  create type fee as (price money);
  create type reign as (who text, "died at" timestamptz, days date[], paid fee);
  create domain moment as timestamptz;
  create domain tags as text[];
  create type price_range as range (subtype = numeric);
  create extension citext;
  create extension hstore;`;

export const typeCases: readonly TypeCase[] = [
  // Numbers: exact, as text.
  ['smallint', '-32768', 'integer', '-32768'],
  ['integer', '2147483647', 'integer', '2147483647'],
  ['bigint', '-9223372036854775808', 'integer', '-9223372036854775808'],
  ['oid', '4294967295', 'integer', '4294967295'],
  [
    'numeric',
    '123456789012345678901234567890.123456789012345678901234567890',
    'decimal',
    '123456789012345678901234567890.123456789012345678901234567890',
  ],
  ['numeric(10,2)', '1.5', 'decimal', '1.50'],
  ['numeric', `'NaN'`, 'decimal', 'NaN'],
  ['numeric', `'Infinity'`, 'decimal', 'Infinity'],
  ['numeric', `'-Infinity'`, 'decimal', '-Infinity'],
  ['real', '0.1', 'float', '0.1'],
  ['double precision', '0.1::float8 + 0.2::float8', 'float', '0.30000000000000004'],
  ['double precision', `'NaN'`, 'float', 'NaN'],
  ['double precision', `'-Infinity'`, 'float', '-Infinity'],
  ['double precision', `'5e-324'`, 'float', '5e-324'],
  ['double precision', `'-0'`, 'float', '-0'],
  ['money', `'-1234567.89'`, 'decimal', '-1234567.89'],

  // Text: NULL apart from empty, nothing trimmed.
  ['text', 'null', 'text', null],
  ['text', `''`, 'text', ''],
  ['text', `' a "quoted", one '`, 'text', ' a "quoted", one '],
  ['text', `E'line\\nfeed\\r\\nand \\\\ back\\tslash'`, 'text', 'line\nfeed\r\nand \\ back\tslash'],
  ['text', `'NULL'`, 'text', 'NULL'],
  ['text', `E'\\\\N'`, 'text', '\\N'],
  ['varchar(10)', `'Zoë 🎉'`, 'text', 'Zoë 🎉'],
  ['char(4)', `'ab'`, 'text', 'ab  '],
  ['"char"', `'x'`, 'text', 'x'],
  ['name', `'a_name'`, 'text', 'a_name'],
  ['citext', `'MiXed'`, 'text', 'MiXed'],
  ['xml', `'<a b="1">x, y</a>'`, 'text', '<a b="1">x, y</a>'],

  // Bytes: base64 on one line.
  ['bytea', `'\\x00ff10'`, 'bytes', 'AP8Q'],
  ['bytea', `''`, 'bytes', ''],
  [
    'bytea',
    `decode(repeat('ab', 100), 'hex')`,
    'bytes',
    Buffer.alloc(100, 0xab).toString('base64'),
  ],
  ['bytea', 'null', 'bytes', null],

  // Booleans.
  ['boolean', 'true', 'boolean', 'true'],
  ['boolean', 'false', 'boolean', 'false'],
  ['boolean', 'null', 'boolean', null],

  // Instants: UTC with Z.
  ['timestamptz', `'2026-01-02 03:04:05.123456+00'`, 'timestamp', '2026-01-02T03:04:05.123456Z'],
  ['timestamptz', `'2026-07-02 03:04:05.5+05:30'`, 'timestamp', '2026-07-01T21:34:05.5Z'],
  ['timestamptz', `'2026-01-02 00:00:00+00'`, 'timestamp', '2026-01-02T00:00:00Z'],
  ['timestamptz(0)', `'2026-01-02 23:59:59.6+00'`, 'timestamp', '2026-01-03T00:00:00Z'],
  ['timestamptz', `'infinity'`, 'timestamp', 'infinity'],
  ['timestamptz', `'-infinity'`, 'timestamp', '-infinity'],
  ['timestamptz', 'null', 'timestamp', null],
  ['timestamptz', `'0001-01-01 00:00:00+00'`, 'timestamp', '0001-01-01T00:00:00Z'],
  ['timestamptz', `'0001-12-31 23:59:59.999999+00 BC'`, 'timestamp', '0000-12-31T23:59:59.999999Z'],
  ['timestamptz', `'0044-03-15 12:00:00+00 BC'`, 'timestamp', '-0043-03-15T12:00:00Z'],
  ['timestamptz', `'4714-11-24 00:00:00+00 BC'`, 'timestamp', '-4713-11-24T00:00:00Z'],
  ['timestamptz', `'9999-12-31 23:59:59.999999+00'`, 'timestamp', '9999-12-31T23:59:59.999999Z'],
  ['timestamptz', `'10000-01-01 00:00:00+00'`, 'timestamp', '+10000-01-01T00:00:00Z'],
  [
    'timestamptz',
    `'294276-12-31 23:59:59.999999+00'`,
    'timestamp',
    '+294276-12-31T23:59:59.999999Z',
  ],

  // Times without a zone: ISO, no Z.
  ['timestamp', `'2026-01-02 03:04:05.12'`, 'timestamp', '2026-01-02T03:04:05.12'],
  ['timestamp', `'infinity'`, 'timestamp', 'infinity'],
  ['timestamp', `'0002-02-28 01:02:03 BC'`, 'timestamp', '-0001-02-28T01:02:03'],
  ['timestamp', `'0001-02-29 01:02:03 BC'`, 'timestamp', '0000-02-29T01:02:03'],
  ['timestamp', `'12026-01-02 03:04:05'`, 'timestamp', '+12026-01-02T03:04:05'],
  ['date', `'2026-02-28'`, 'date', '2026-02-28'],
  ['date', `'0044-03-15 BC'`, 'date', '-0043-03-15'],
  ['date', `'0001-03-15 BC'`, 'date', '0000-03-15'],
  ['date', `'4714-11-24 BC'`, 'date', '-4713-11-24'],
  ['date', `'5874897-12-31'`, 'date', '+5874897-12-31'],
  ['date', `'infinity'`, 'date', 'infinity'],
  ['date', `'-infinity'`, 'date', '-infinity'],
  ['date', 'null', 'date', null],
  ['time', `'03:04:05.000001'`, 'time', '03:04:05.000001'],
  ['time', `'24:00:00'`, 'time', '24:00:00'],
  ['timetz', `'03:04:05.5+05:30'`, 'time', '03:04:05.5+05:30'],
  ['interval', `'1 year 2 mons -3 days 04:05:06.789'`, 'interval', 'P1Y2M-3DT4H5M6.789S'],
  ['interval', `'0'`, 'interval', 'PT0S'],

  // Identifiers and the network.
  [
    'uuid',
    `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`,
    'uuid',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  ],
  ['mood', `'happy, very'`, 'text', 'happy, very'],
  ['inet', `'10.1.2.3/8'`, 'text', '10.1.2.3/8'],
  ['inet', `'::1'`, 'text', '::1'],
  ['cidr', `'10.0.0.0/8'`, 'text', '10.0.0.0/8'],
  ['macaddr', `'08-00-2b-01-02-03'`, 'text', '08:00:2b:01:02:03'],
  ['macaddr8', `'08:00:2b:01:02:03:04:05'`, 'text', '08:00:2b:01:02:03:04:05'],
  ['bit(5)', `'10101'`, 'text', '10101'],
  ['varbit', `'101'`, 'text', '101'],

  // JSON.
  ['json', `'{"a" : [1,  2.50], "a": null}'`, 'json', '{"a" : [1,  2.50], "a": null}'],
  ['jsonb', `'{"b": 1e2, "a": "x\\"y"}'`, 'json', '{"a": "x\\"y", "b": 100}'],
  ['jsonb', `'null'`, 'json', 'null'],
  ['jsonb', 'null', 'json', null],

  // Arrays: JSON.
  ['integer[]', `'{1,NULL,3}'`, 'array', '[1,null,3]'],
  ['integer[]', `'{}'`, 'array', '[]'],
  ['integer[]', 'null', 'array', null],
  ['bigint[]', `'{9223372036854775807}'`, 'array', '[9223372036854775807]'],
  ['integer[][]', `'{{1,2},{3,4}}'`, 'array', '[[1,2],[3,4]]'],
  ['integer[]', `'[2:3]={7,8}'`, 'array', '[7,8]'],
  ['numeric[]', `'{1.50,NaN,Infinity}'`, 'array', '[1.50,"NaN","Infinity"]'],
  ['double precision[]', `'{0.1,-Infinity}'`, 'array', '[0.1,"-Infinity"]'],
  ['text[]', `array['a"b', null, '', 'x,y', E'\\n']`, 'array', '["a\\"b",null,"","x,y","\\n"]'],
  ['boolean[]', `'{t,f}'`, 'array', '[true,false]'],
  ['timestamptz[]', `'{2026-01-02 03:04:05.5+00}'`, 'array', '["2026-01-02T03:04:05.5Z"]'],
  [
    'timestamptz[]',
    `array['0044-03-15 12:00+00 BC'::timestamptz, '2026-01-02 03:04+00', null, 'infinity', '12026-01-02 03:04+00']`,
    'array',
    '["-0043-03-15T12:00:00Z","2026-01-02T03:04:00Z",null,"infinity","+12026-01-02T03:04:00Z"]',
  ],
  ['timestamptz[]', `'{}'`, 'array', '[]'],
  ['timestamptz[]', 'null', 'array', null],
  [
    'timestamp[]',
    `'{0001-01-01 00:00:00 BC,2026-01-02 03:04:05}'`,
    'array',
    '["0000-01-01T00:00:00","2026-01-02T03:04:05"]',
  ],
  [
    'date[][]',
    `'{{0044-03-15 BC,2026-01-02},{NULL,infinity},{2026-01-03,2026-01-04}}'`,
    'array',
    '[["-0043-03-15","2026-01-02"],[null,"infinity"],["2026-01-03","2026-01-04"]]',
  ],
  [
    'date[][][]',
    `'{{{2026-01-01},{2026-01-02}},{{2026-01-03},{2026-01-04}}}'`,
    'array',
    '[[["2026-01-01"],["2026-01-02"]],[["2026-01-03"],["2026-01-04"]]]',
  ],
  ['date[]', `'[5:6]={2026-01-02,2026-01-03}'`, 'array', '["2026-01-02","2026-01-03"]'],
  ['money[]', `array['12.50'::money, null]`, 'array', '[12.50,null]'],
  ['hstore[]', `array['a=>1'::hstore]`, 'array', '["\\"a\\"=>\\"1\\""]'],
  [
    'reign',
    `row('Caesar "J"', '0044-03-15 12:00+00 BC', array['0100-07-12 BC'::date], row('12.5'::money))`,
    'json',
    '{"who":"Caesar \\"J\\"","died at":"-0043-03-15T12:00:00Z","days":["-0099-07-12"],"paid":{"price":12.50}}',
  ],
  [
    'reign',
    `row(null, null, null, null)`,
    'json',
    '{"who":null,"died at":null,"days":null,"paid":null}',
  ],
  ['reign', `null`, 'json', null],
  [
    'reign[]',
    `array[row('A', '2026-01-02 03:04+00', '{}', null)::reign, null]`,
    'array',
    '[{"who":"A","died at":"2026-01-02T03:04:00Z","days":[],"paid":null},null]',
  ],
  ['moment', `'0044-03-15 12:00+00 BC'`, 'timestamp', '-0043-03-15T12:00:00Z'],
  ['moment[]', `array['0044-03-15 12:00+00 BC'::moment]`, 'array', '["-0043-03-15T12:00:00Z"]'],
  ['date[]', `'{2026-01-02,infinity}'`, 'array', '["2026-01-02","infinity"]'],
  [
    'uuid[]',
    `'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'`,
    'array',
    '["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]',
  ],
  ['mood[]', `'{sad,"so so"}'`, 'array', '["sad","so so"]'],
  ['jsonb[]', `array['{"a": 1}'::jsonb]`, 'array', '[{"a": 1}]'],
  ['bytea[]', `array['\\xdeadbeef'::bytea]`, 'array', '["\\\\xdeadbeef"]'],
  ['int4range[]', `array['[1,5)'::int4range]`, 'array', '["[1,5)"]'],
  [
    'point3[]',
    `array[row(1, 2.50, null, '{1}')::point3]`,
    'array',
    '[{"x":1,"y y":2.50,"at":null,"nested":[1]}]',
  ],

  // Made of others.
  [
    'point3',
    `row(1, 'NaN', '2026-01-02 03:04:05+00', '{1,2}')`,
    'json',
    '{"x":1,"y y":"NaN","at":"2026-01-02T03:04:05Z","nested":[1,2]}',
  ],
  ['int4range', `'[1,5]'`, 'text', '[1,6)'],
  ['tstzrange', `'[2026-01-01 00:00+00,)'`, 'text', '["2026-01-01 00:00:00+00",)'],
  ['price_range', `'(1.5,2.5]'`, 'text', '(1.5,2.5]'],
  ['int4multirange', `'{[1,3),[5,8)}'`, 'text', '{[1,3),[5,8)}'],
  ['percentage', '12.5', 'decimal', '12.50'],
  ['half', '50', 'decimal', '50.00'],
  ['flags', 'true', 'boolean', 'true'],
  ['moments', `'0044-03-15 12:00:00+00 BC'`, 'timestamp', '-0043-03-15T12:00:00Z'],
  ['tags', `'{a,b}'`, 'array', '["a","b"]'],

  // As PostgreSQL writes them.
  ['point', `'(1.5,2)'`, 'text', '(1.5,2)'],
  ['polygon', `'((0,0),(1,1),(1,0))'`, 'text', '((0,0),(1,1),(1,0))'],
  ['circle', `'<(0,0),1>'`, 'text', '<(0,0),1>'],
  ['tsvector', `'a:1 b:2'`, 'text', `'a':1 'b':2`],
  ['tsquery', `'a & b'`, 'text', `'a' & 'b'`],
  ['hstore', `'a=>1, b=>NULL'`, 'text', '"a"=>"1", "b"=>NULL'],
  ['pg_lsn', `'16/B374D848'`, 'text', '16/B374D848'],
  ['int2vector', `'1 2'`, 'array', '[1,2]'],
];
