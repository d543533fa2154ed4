import { expect, test } from 'vitest';
import { columnTypeOf } from '../../../lib/adapters/sources/sqlite/declared-type.ts';
import { valueReader } from '../../../lib/adapters/sources/sqlite/read-value.ts';

test.each([
  ['INTEGER', 'integer'],
  ['BIGINT UNSIGNED', 'integer'],
  ['tinyint(1)', 'integer'],
  ['BOOLEAN', 'boolean'],
  ['bool', 'boolean'],
  ['REAL', 'float'],
  ['DOUBLE PRECISION', 'float'],
  ['DECIMAL(10,2)', 'decimal'],
  ['NUMERIC', 'decimal'],
  ['VARCHAR(255)', 'text'],
  ['TEXT', 'text'],
  ['', 'text'],
  ['BLOB', 'bytes'],
  ['varbinary(16)', 'bytes'],
  ['DATE', 'date'],
  ['DATETIME', 'timestamp'],
  ['TIMESTAMP', 'timestamp'],
  ['TIME', 'time'],
  ['JSON', 'json'],
  ['jsonb', 'json'],
  ['UUID', 'uuid'],
  ['INTERVAL', 'text'],
  ['POINT', 'text'],
])('takes a column declared %s for %s', (declared, type) => {
  expect(columnTypeOf(declared)).toBe(type);
});

test.each([
  ['integer', 5n, 5],
  ['integer', 9_007_199_254_740_991n, 9_007_199_254_740_991],
  ['integer', 9_007_199_254_740_993n, 9_007_199_254_740_993n],
  ['integer', 'five', 'five'],
  ['boolean', 1n, true],
  ['boolean', 0n, false],
  ['boolean', 2n, 2],
  ['boolean', 'yes', 'yes'],
  ['boolean', null, null],
  ['timestamp', '2026-01-02 03:04:05', '2026-01-02T03:04:05Z'],
  ['timestamp', '2026-01-02 03:04:05.120', '2026-01-02T03:04:05.120Z'],
  ['timestamp', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['timestamp', '2026-01-02 03:04', '2026-01-02T03:04:00Z'],
  ['timestamp', '2026-01-02 03:04:05+02:00', '2026-01-02 03:04:05+02:00'],
  ['timestamp', '2026-01-02', '2026-01-02'],
  ['timestamp', 1_767_322_800n, 1_767_322_800],
  ['text', '2026-01-02 03:04:05', '2026-01-02 03:04:05'],
  ['float', 0.1, 0.1],
] as const)('reads from a %s column: %s is %s', (type, stored, value) => {
  expect(valueReader(type)(stored)).toBe(value);
});
