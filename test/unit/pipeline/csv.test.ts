import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../lib/core/sources/column.ts';
import type { Row, RowStream } from '../../../lib/core/sources/source.ts';
import { csvHeader, encodeRecords } from '../../../lib/pipeline/csv.ts';
import { toCsvStream } from '../../../lib/pipeline/csv-stream.ts';

const textOf = (rows: readonly Row[]) => Buffer.from(encodeRecords(rows)).toString();

/** Reads NULL and the empty string apart by the quotes. */
function readBack(bytes: Uint8Array): readonly (readonly (string | null)[])[] {
  return parse(Buffer.from(bytes), {
    record_delimiter: '\n',
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  });
}

describe('records of the data dialect', () => {
  test('X10 NULL is nothing and the empty string is a pair of quotes', () => {
    expect(textOf([[null, '', 'a']])).toBe(',"",a\n');
  });

  test('X10 only values that need quotes have them', () => {
    expect(
      textOf([['plain', 'a,b', 'say "hi"', 'two\nlines', 'carriage\rreturn', ' space ']]),
    ).toBe('plain,"a,b","say ""hi""","two\nlines","carriage\rreturn", space \n');
  });

  test('X10 booleans, whole and broken numbers are exact text', () => {
    expect(textOf([[true, false, 9007199254740993n, -12n, 0.1, 1e21, 5e-324, 0]])).toBe(
      'true,false,9007199254740993,-12,0.1,1e+21,5e-324,0\n',
    );
  });

  test('X10 bytes are base64, and empty bytes are not NULL', () => {
    expect(textOf([[Uint8Array.of(0, 255, 16), new Uint8Array(0), null]])).toBe('AP8Q,"",\n');
  });

  test('a view into a larger buffer is written alone', () => {
    expect(textOf([[Buffer.from('xxabcxx').subarray(2, 5), 1]])).toBe('YWJj,1\n');
  });

  test('a lone end-of-data mark is quoted in a table of one column, as PostgreSQL does', () => {
    expect(textOf([['\\.'], [''], [null], ['a']])).toBe('"\\."\n""\n\na\n');
    expect(textOf([['\\.', 'a']])).toBe('\\.,a\n');
  });

  test('values that look like formulas stay as they are', () => {
    expect(textOf([['=1+1', '-2', '@x']])).toBe('=1+1,-2,@x\n');
  });

  test('X10 the header holds the names, each in quotes, so that readers see at once how to read', () => {
    const columns = ['id', 'full, name', 'a "b"', 'two\nlines', ''].map(
      (name): Column => ({ name, type: 'text', sourceType: 'text', nullable: true, key: false }),
    );
    expect(Buffer.from(csvHeader(columns)).toString()).toBe(
      '"id","full, name","a ""b""","two\nlines",""\n',
    );
  });

  test('X10 any text comes back exactly from another reader', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', "'", '\\', '.', ' ', 'é', '😀') }),
    );
    const rows = fc
      .integer({ min: 1, max: 6 })
      .chain((width) =>
        fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(rows, (given) => {
        expect(readBack(encodeRecords(given))).toEqual(given);
      }),
    );
  }, 120_000);
});

describe('a stream of rows', () => {
  test('becomes records batch by batch and asks for no more than is wanted', async () => {
    const asked: number[] = [];
    const batches: (readonly Row[])[] = [
      [
        [1, 'a'],
        [2, null],
      ],
      [[3, '']],
    ];
    const rows: RowStream = {
      kind: 'rows',
      async read(rowsMax) {
        asked.push(rowsMax);
        return batches.shift();
      },
    };
    const stream = toCsvStream(rows);
    expect(await stream.read(1_000_000)).toEqual({ bytes: Buffer.from('1,a\n2,\n'), rows: 2 });
    expect(await stream.read(7)).toEqual({ bytes: Buffer.from('3,""\n'), rows: 1 });
    expect(await stream.read(7)).toBeUndefined();
    expect(asked).toEqual([1000, 7, 7]);
  });

  test('of finished records is handed through as it is', () => {
    const records = { kind: 'csv', read: async () => undefined } as const;
    expect(toCsvStream(records)).toBe(records);
  });
});
