import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomBase62, toBase62 } from '../../../lib/core/keys/base62.ts';
import {
  formatKey,
  isKeyEnvironment,
  keyPatternSource,
  parseKey,
} from '../../../lib/core/keys/key-format.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const textOf = (length: number) =>
  fc.string({ unit: fc.constantFrom(...base62), minLength: length, maxLength: length });
const parts = fc.record({
  environment: fc.constantFrom('live', 'test', 'eu1', 'a'),
  id: textOf(12),
  secret: textOf(43),
});

describe('the format of a key', () => {
  test('S9 20,000 keys: no duplicate, every checksum valid, every one found by the scanner pattern', () => {
    const pattern = new RegExp(`^${keyPatternSource}$`);
    const keys = new Set<string>();
    for (let index = 0; index < 20_000; index++) {
      const made = { environment: 'live', id: randomBase62(12), secret: randomBase62(43) };
      const key = formatKey(made);
      keys.add(key);
      if (!pattern.test(key)) throw new Error('The scanner pattern misses a key.');
      expect(parseKey(key)).toEqual(made);
    }
    expect(keys.size).toBe(20_000);
  });

  test('S9 every character of base62 is equally likely', () => {
    const counts = new Map([...base62].map((character) => [character, 0]));
    for (const character of randomBase62(620_000)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 10,000 expected each; a bias of plain modulo (25 % more for eight of them) is far outside,
    // and seven standard deviations (700) do not happen by chance.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(700);
  });

  test('parses to the parts it was made of', () => {
    fc.assert(
      fc.property(parts, (made) => {
        expect(parseKey(formatKey(made))).toEqual(made);
      }),
    );
  });

  test('has a fixed form that never changes: a key made long ago stays a key', () => {
    const made = { environment: 'live', id: 'A1b2C3d4E5f6', secret: 'x'.repeat(43) };
    expect(formatKey(made)).toBe(`slc_live_A1b2C3d4E5f6_${'x'.repeat(43)}1qtuAQ`);
  });

  test('a changed character anywhere is noticed without any storage', () => {
    const change = fc.tuple(parts, fc.nat(74), fc.constantFrom(...base62));
    fc.assert(
      fc.property(change, ([made, place, character]) => {
        const key = formatKey(made);
        const changed = key.slice(0, place) + character + key.slice(place + 1);
        fc.pre(changed !== key && place < key.length);
        expect(parseKey(changed)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever else is presented is no key', () => {
    const key = formatKey({ environment: 'live', id: 'A1b2C3d4E5f6', secret: 'x'.repeat(43) });
    const others = ['', ' ', `${key} `, ` ${key}`, `${key}\n`, key.slice(0, -1), `${key}0`];
    const worse = [key.toUpperCase(), key.replace('slc', 'deg'), `Bearer ${key}`, 'ü'.repeat(76)];
    for (const text of [...others, ...worse]) expect(parseKey(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseKey(text)).toBeUndefined();
      }),
    );
  });

  test('is found inside logs, URLs and code by the scanner pattern, and nothing else is', () => {
    const key = formatKey({ environment: 'live', id: 'A1b2C3d4E5f6', secret: 'x'.repeat(43) });
    const text = `url=/v1?key=${key}&x=1 "${key}" ${key.slice(0, 60)} slc_live_short_key`;
    expect(text.match(new RegExp(keyPatternSource, 'g'))).toEqual([key, key]);
  });

  test('numbers of base62 fill their width or are refused', () => {
    expect(toBase62(0, 6)).toBe('000000');
    expect(toBase62(61, 1)).toBe('z');
    expect(toBase62(62, 2)).toBe('10');
    expect(toBase62(2 ** 32 - 1, 6)).toBe('4gfFC3');
    expect(() => toBase62(62, 1)).toThrow(RangeError);
  });

  test('environments are 1 to 12 characters of a-z and 0-9', () => {
    expect(['live', 'a', 'eu1test'].map(isKeyEnvironment)).toEqual([true, true, true]);
    expect(['', 'Live', 'a_b', 'a'.repeat(13)].map(isKeyEnvironment)).toEqual(Array(4).fill(false));
  });
});
