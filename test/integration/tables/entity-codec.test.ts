import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { json, toProperties } from '../../../lib/adapters/tables/entity-codec.ts';
import {
  escapeKey,
  fitsKey,
  storedKey,
  unescapeKey,
} from '../../../lib/adapters/tables/entity-key.ts';
import { EntityReader } from '../../../lib/adapters/tables/entity-reader.ts';

const readerOf = (properties: Record<string, unknown>) =>
  new EntityReader({ ...properties, etag: 'e', partitionKey: 'p', rowKey: 'r' });

describe('keys of entities', () => {
  test('take any text, hold none of the refused characters, and come back', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(texts, (text) => {
        const escaped = escapeKey(text);
        expect(escaped).toMatch(/^[A-Za-z0-9_.!-]*$/);
        expect(unescapeKey(escaped)).toBe(text);
      }),
    );
  });

  test('ids of Sluice stay as they are, so their order stays', () => {
    const ids = ['ycdbjhmqz8m972y1b6gs0336z', 'A1b2C3d4E5f6', 'acme-eu', '000001-000002'];
    expect(ids.map(escapeKey)).toEqual(ids);
  });

  test('of more than 512 characters fit nothing', () => {
    expect(fitsKey({ partition: 'p', row: 'x'.repeat(512) })).toBe(true);
    for (const row of ['x'.repeat(513), '/'.repeat(103)]) {
      expect(fitsKey({ partition: 'p', row })).toBe(false);
      expect(() => storedKey({ partition: 'p', row })).toThrow(
        expect.objectContaining({ code: 'internal_error' }),
      );
    }
  });
});

describe('fields of entities', () => {
  test('JSON of any length comes back, and no character is cut in two', () => {
    // One character of two units at every distance from the end of a piece.
    for (let shift = 31_990; shift <= 32_000; shift++) {
      const value = { text: `${'x'.repeat(shift)}${'🙂'.repeat(20_000)}` };
      const properties = toProperties({ value: json(value) });
      for (const piece of Object.values(properties)) {
        expect(String(piece).isWellFormed()).toBe(true);
        expect(String(piece).length).toBeLessThanOrEqual(32_000);
      }
      expect(readerOf(properties).json('value')).toEqual(value);
    }
  });

  test('any JSON value comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const properties = toProperties({ value: json(value) });
        const expected: unknown = JSON.parse(JSON.stringify(value));
        expect(readerOf(properties).json('value')).toEqual(expected);
      }),
    );
  });

  test('what is undefined is left out, and read as undefined or refused by name', () => {
    expect(toProperties({ a: undefined, b: json(undefined), c: '' })).toEqual({ c: '' });
    const reader = readerOf({ c: '' });
    const missing = [reader.textOr('a'), reader.wholeOr('a'), reader.dateOr('a')];
    expect([...missing, reader.jsonOr('a')]).toEqual(Array(4).fill(undefined));
    expect(() => reader.date('a')).toThrow(
      expect.objectContaining({
        code: 'internal_error',
        internal: 'An entity of Table Storage cannot be read: its property a is missing.',
      }),
    );
    expect(() => reader.whole('c')).toThrow(
      expect.objectContaining({
        internal: 'An entity of Table Storage cannot be read: its property c has another type.',
      }),
    );
  });

  test('numbers are stored as 64 bits and come back exactly', () => {
    for (const value of [0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const properties = toProperties({ value });
      expect(properties).toEqual({ value: BigInt(value) });
      expect(readerOf(properties).whole('value')).toBe(value);
    }
  });

  test('fractions, no numbers, no dates and over-long texts are refused', () => {
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)]) {
      expect(() => toProperties({ value })).toThrow(RangeError);
    }
    expect(() => toProperties({ name: 'x'.repeat(32_001) })).toThrow(
      expect.objectContaining({
        code: 'internal_error',
        internal: 'Too large for Table Storage: name has 32001 characters.',
      }),
    );
  });
});
