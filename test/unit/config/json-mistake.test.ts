import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonMistake } from '../../../lib/config/json-mistake.ts';

describe('a broken text is told with line and column, and with what is wrong', () => {
  test.each([
    ['', 1, 1, 'nothing here'],
    ['\n  ', 2, 3, 'nothing here'],
    ['{\n  "a": 1,\n  "b": [1, 2\n}\n', 4, 1, 'expected a comma or ]'],
    ['{\r\n  "a": 1\r\n  "b": 2\r\n}', 3, 3, 'expected a comma or }'],
    ['{"a": 1,}', 1, 9, 'a comma too many before this }'],
    ['[1, 2,]', 1, 7, 'a comma too many'],
    ['{"a": 1', 1, 8, 'a } is missing'],
    ['{"tables": [{"name": "x"}', 1, 26, 'a ] is missing'],
    ["{'a': 1}", 1, 2, 'JSON knows only double quotes'],
    ['{\n  // which tables\n  "a": 1}', 2, 3, 'JSON knows no comments'],
    ['{"a": 1 # why\n}', 1, 9, 'JSON knows no comments'],
    ['{"a" 1}', 1, 6, 'expected a colon after the name'],
    ['{a: 1}', 1, 2, 'expected a name in double quotes'],
    ['{"a": yes}', 1, 7, 'expected a value'],
    ['{"a": 01}', 1, 7, 'expected a value'],
    ['{"a": "b\nc"}', 1, 7, 'not closed on its line'],
    ['{"a": "C:\\path"}', 1, 7, 'a backslash with something unknown'],
    ['{"a": }', 1, 7, 'a value missing, before this }'],
    ['{} {}', 1, 4, 'behind the end'],
    ['\uFEFF{}', 1, 1, 'byte order mark'],
  ])('%j', (text, line, column, what) => {
    expect(jsonMistake(text)).toEqual({ line, column, what: expect.stringContaining(what) });
  });
});

test('no mistake in what is JSON, and one in every beginning of it, never showing the text', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      expect(jsonMistake(text)).toBeUndefined();
      const wrapped = `{"secret-of-mine": ${text}`;
      const found = jsonMistake(wrapped.slice(0, cut % wrapped.length));
      expect(found?.what).not.toContain('secret-of-mine');
      expect(found).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
    }),
  );
});

test('a text that is nested very deep is read, too', () => {
  const depth = 200_000;
  expect(jsonMistake(`${'['.repeat(depth)}1${']'.repeat(depth - 1)}`)?.column).toBe(2 * depth + 1);
});
