import { expect, test } from 'vitest';
import { readQueries } from '../../../infra/monitoring/read-queries.ts';
import { mistakesOf } from './support/kusto.ts';

const alerts = readQueries('alerts');
const queries = readQueries('queries');
const all = [...alerts, ...queries];

test.each(all)("Kusto's own parser and binder find no mistake in %s", (_, query) => {
  expect(mistakesOf(query)).toEqual([]);
});

test.each(all)('a column, a table or a word too much in %s would be found', (_, query) => {
  const table = /^\s*(App\w+|StorageBlobLogs|AZKVAuditLogs)$/m.exec(query)?.[1] ?? 'no table';
  const broken = [
    query.replaceAll(table, `${table}Old`),
    query.replace(table, `${table}\n| where TimeWritten > ago(1h)`),
    query.replace(table, `${table} table`),
    query.replace(table, `${table}\n| where tostrong(TimeGenerated) == ''`),
    `${query}\n| where`,
  ];
  expect(broken.map((text) => mistakesOf(text).length > 0)).toEqual(broken.map(() => true));
});

test('the mistake is named with its line', () => {
  expect(mistakesOf('AppTraces\n| where Massage == 1')).toEqual([
    expect.stringMatching(/^line 2: .*'Massage'/),
  ]);
});

test.each([...queries])('%s says which question it answers and what to change', (_, query) => {
  const [question, change] = query.split('\n');
  expect(question).toMatch(/^\/\/ Question: [a-z].+\?/);
  expect(change).toMatch(/^\/\/ Change: .+\.$/);
});

test.each([...alerts])('%s says what it means, what to do and when it fires', (_, query) => {
  const [means, what, fires] = query.split('\n');
  expect(means).toMatch(/^\/\/ Means: .+\.$/);
  expect(what).toMatch(/^\/\/ Do: .+\.$/);
  expect(fires).toMatch(/^\/\/ Fires: looks every .+\.$/);
});
