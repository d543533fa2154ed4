import { expect, test } from 'vitest';
import { runQuery } from './run-query.ts';
import type { Row } from './values.ts';

const now = new Date('2026-11-20T12:00:00Z');
const at = (minutesAgo: number, row: Row): Row => ({
  TimeGenerated: new Date(now.getTime() - minutesAgo * 60_000),
  ...row,
});

function run(query: string, rows: readonly Row[] = []): readonly Row[] {
  return runQuery(query, { now, lookBackMinutes: 60, tables: { AppTraces: rows } });
}

/** The value of an expression, asked over one row. */
function resultOf(expression: string): unknown {
  return run(`AppTraces | project value = ${expression}`, [at(1, {})])[0]?.['value'];
}

test('a row that is older than the window is not there', () => {
  const rows = [at(59, { Message: 'in' }), at(61, { Message: 'out' })];
  expect(run('AppTraces | project Message', rows)).toEqual([{ Message: 'in' }]);
});

test('over nothing there is one total without `by`, and none with it', () => {
  const totals =
    'n = count(), s = sum(ItemCount), m = max(ItemCount), l = make_list(Message), (a, b) = arg_max(ItemCount, Message)';
  expect(run(`AppTraces | summarize ${totals}`)).toEqual([
    { n: 0, s: 0, m: null, l: [], a: null, b: null },
  ]);
  expect(run(`AppTraces | summarize ${totals} by Message`)).toEqual([]);
});

test('what is compared with nothing is not true, and `or` needs one side only', () => {
  expect(run("AppTraces | where tolong('') > 1 or tolong('') < 1", [at(1, {})])).toEqual([]);
  expect(run("AppTraces | where tolong('') > 1 or 2 > 1", [at(1, {})])).toHaveLength(1);
  expect(resultOf("isempty(tostring(tolong('')))")).toBe(true);
});

test.each([
  ["extract(@'[?&]scid=([0-9a-z-]+)', 1, 'x?a=1&scid=ab-1&b')", 'ab-1'],
  ["extract(@'scid=([0-9]+)', 1, 'nothing')", ''],
  ["replace_regex('10.0.0.1:443', @'^([0-9.]+):[0-9]+$', @'\\1')", '10.0.0.1'],
  ["replace_regex('2001:db8::1', @'^([0-9.]+):[0-9]+$', @'\\1')", '2001:db8::1'],
  ["coalesce(tolong(''), 7)", 7],
  ["max_of(tolong(''), 7)", 7],
  ["case(1 > 2, 'a', 2 > 1, 'b', 'c')", 'b'],
  ["case(1 > 2, 'a', 'c')", 'c'],
  [
    "datetime_diff('hour', todatetime('2026-11-20T12:01:00Z'), todatetime('2026-11-20T11:59:00Z'))",
    1,
  ],
  ['tostring(parse_json(\'{"a":{"b":[1]}}\').a.b)', '[1]'],
  ["tostring(parse_json('no json').a)", ''],
  ['7200 / 3600', 2],
  ['7199 / 3600', 1],
])('%s is %s', (expression, value) => {
  expect(resultOf(expression)).toBe(value);
});

test('`has` finds whole words only, `contains` any part, both whatever the case', () => {
  const rows = [at(1, { Message: 'Export ended' })];
  const count = (condition: string) => run(`AppTraces | where ${condition}`, rows).length;
  expect(count("Message has 'export ENDED'")).toBe(1);
  expect(count("Message has 'port ended'")).toBe(0);
  expect(count("Message contains 'port END'")).toBe(1);
  expect(count("Message startswith 'EXPORT'")).toBe(1);
  expect(count("Message in ('export ended')")).toBe(0);
});

test('what the engine does not know it refuses, so that no test rests on a guess', () => {
  const rows = [at(1, {})];
  expect(() => run('AppTraces | top 1 by Message', rows)).toThrow('TopOperator is not known');
  expect(() => run('AppTraces | extend x = rand()', rows)).toThrow('rand() is not known');
  expect(() => run('AppTraces | summarize x = stdev(ItemCount)', rows)).toThrow('stdev()');
  expect(() => run('AppTraces | summarize (a, b) = arg_min(ItemCount, Message)', rows)).toThrow(
    'Only arg_max()',
  );
  expect(() => run("AppTraces | where Message matches regex 'x'", rows)).toThrow('is not known');
});
