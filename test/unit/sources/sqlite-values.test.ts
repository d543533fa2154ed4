import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { affinityOf, columnTypeOf } from '../../../lib/adapters/sources/sqlite/declared-type.ts';
import { createValueReader } from '../../../lib/adapters/sources/sqlite/read-value.ts';
import { utcOf } from '../../../lib/adapters/sources/sqlite/timestamp.ts';
import type { ColumnType } from '../../../lib/core/sources/column.ts';
import type { Value } from '../../../lib/core/sources/source.ts';

describe('the declared type of an SQLite column', () => {
  test.each([
    ['INTEGER', 'integer', 'integer'],
    ['bigint unsigned', 'integer', 'integer'],
    ['VARCHAR(20)', 'text', 'text'],
    ['CLOB', 'text', 'text'],
    ['', 'text', 'blob'],
    ['INTERVAL', 'text', 'integer'],
    ['POINT', 'text', 'integer'],
    ['BLOB', 'bytes', 'blob'],
    ['VARBINARY(16)', 'bytes', 'numeric'],
    ['DOUBLE PRECISION', 'float', 'real'],
    ['decimal(10,2)', 'decimal', 'numeric'],
    ['BOOLEAN', 'boolean', 'numeric'],
    ['JSONB', 'json', 'blob'],
    ['DATE', 'date', 'numeric'],
    ['DATETIME', 'timestamp', 'numeric'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamp', 'numeric'],
    ['TIME', 'time', 'numeric'],
    ['uuid', 'uuid', 'numeric'],
    ['CITEXT', 'text', 'text'],
  ])('%s is %s, compared like %s', (declared, type, affinity) => {
    expect(columnTypeOf(declared)).toBe(type);
    if (declared !== 'JSONB') expect(affinityOf(declared)).toBe(affinity);
  });
});

describe('X10 a value of SQLite', () => {
  const uuid = '00112233-4455-6677-8899-aabbccddeeff';
  test.each<[ColumnType, SQLOutputValue, Value, number]>([
    ['integer', 5n, 5, 0],
    ['integer', 9_223_372_036_854_775_807n, 9_223_372_036_854_775_807n, 0],
    ['integer', 'text in int', 'text in int', 1],
    ['integer', 1.5, 1.5, 1],
    ['decimal', '99999999999999999999.99', '99999999999999999999.99', 0],
    ['decimal', 12.5, 12.5, 0],
    ['decimal', 'abc', 'abc', 1],
    ['float', 3n, 3, 0],
    ['float', '1e5', '1e5', 1],
    ['boolean', 0n, false, 0],
    ['boolean', 1n, true, 0],
    ['boolean', 2n, 2, 1],
    ['boolean', 'true', 'true', 0],
    ['boolean', 'yes', 'yes', 1],
    ['date', '2024-02-29', '2024-02-29', 0],
    ['date', '2023-02-29', '2023-02-29', 1],
    ['date', '2024-01-01 10:00:00', '2024-01-01 10:00:00', 1],
    ['date', 20_240_101n, 20_240_101, 1],
    ['time', '10:00', '10:00', 0],
    ['time', '24:00', '24:00', 1],
    ['timestamp', '2026-01-02 03:04:05+02:00', '2026-01-02T01:04:05Z', 0],
    ['timestamp', '2026-01-02T03:04:05.123+00:00', '2026-01-02T03:04:05.123Z', 0],
    ['timestamp', '2026-01-02', '2026-01-02T00:00:00Z', 0],
    ['timestamp', '2026-01-02 25:61', '2026-01-02 25:61', 1],
    ['timestamp', '2024-01-01T00:00:00+05:30', '2023-12-31T18:30:00Z', 0],
    ['timestamp', '2024-02-30 10:00', '2024-02-30 10:00', 1],
    ['timestamp', 1_704_103_200n, 1_704_103_200, 1],
    ['timestamp', '', '', 1],
    ['json', '{"a":1}', '{"a":1}', 0],
    ['json', 'not json', 'not json', 1],
    ['json', 5n, 5, 0],
    ['json', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1],
    ['uuid', Buffer.from(uuid.replaceAll('-', ''), 'hex'), uuid, 0],
    ['uuid', uuid.toUpperCase(), uuid.toUpperCase(), 0],
    ['uuid', 'X', 'X', 1],
    ['bytes', Uint8Array.of(1, 2), Uint8Array.of(1, 2), 0],
    ['bytes', 'text in blob', Buffer.from('text in blob'), 1],
    ['bytes', 123n, Buffer.from('123'), 1],
    ['text', 'x', 'x', 0],
    ['text', 7n, 7, 0],
    ['text', Uint8Array.of(0xff), Uint8Array.of(0xff), 1],
    ['text', null, null, 0],
    ['integer', null, null, 0],
  ])(
    'of type %s, %s, is exported as %s and counted %i times as another kind',
    (type, stored, value, count) => {
      const reader = createValueReader(type);
      expect(reader.read(stored)).toEqual(value);
      expect(reader.otherKinds).toBe(count);
    },
  );
});

describe('X10 a time of SQLite', () => {
  const database = new DatabaseSync(':memory:');
  const statement = database.prepare("select strftime('%Y-%m-%dT%H:%M:%S', ?) as utc");
  afterAll(() => database.close());
  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const texts = fc
    .record({
      year: fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0')),
      month: two(13),
      day: two(32),
      gap: fc.constantFrom(' ', 'T', '  ', 'x', ''),
      hour: two(25),
      minute: two(61),
      second: fc.oneof(
        fc.constant(''),
        two(61).map((text) => `:${text}`),
      ),
      fraction: fc.constantFrom('', '.5', '.123456789', '.'),
      zone: fc.oneof(
        fc.constantFrom('', 'Z', ' ', 'z', ' Z', '+0200', ' UTC'),
        fc
          .tuple(fc.constantFrom('+', '-', ' +'), two(15), two(60))
          .map(([a, b, c]) => `${a}${b}:${c}`),
      ),
    })
    .map(
      (p) =>
        `${p.year}-${p.month}-${p.day}${p.gap}${p.hour}:${p.minute}${p.second}${p.fraction}${p.zone}`,
    );

  test('is the moment that SQLite itself says, or left as it is', () => {
    let converted = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const utc = utcOf(text);
        if (utc === undefined) return;
        converted++;
        const said = String(statement.get(text)?.['utc']);
        expect(`${utc.slice(0, 19)}Z`, text).toBe(`${said}Z`);
      }),
      { numRuns: 5_000 },
    );
    expect(converted).toBeGreaterThan(100);
  });
});
