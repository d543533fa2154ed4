import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readQueries, readQuery } from '../../../infra/monitoring/read-queries.ts';
import { printWorkbook } from '../../../infra/monitoring/workbook/build-workbook.ts';
import { tabs } from '../../../infra/monitoring/workbook/tabs.ts';
import { mistakesOf } from './support/kusto.ts';

interface Item {
  readonly type: number;
  readonly name: string;
  readonly content: { readonly query?: string; readonly items?: readonly Item[] };
}

const published = readFileSync(
  join(import.meta.dirname, '../../../infra/monitoring/workbook.json'),
  'utf8',
);
const workbook: { readonly version: string; readonly items: readonly Item[] } =
  JSON.parse(published);
const items = withChildren(workbook.items);
const shown = items.flatMap(({ content }) => content.query ?? []);

test('the published workbook is the one that the queries make', () => {
  expect(published).toBe(printWorkbook(readQuery));
});

test('every query of the workbook runs and stands in a file, word for word', () => {
  expect(shown.flatMap(mistakesOf)).toEqual([]);
  const files = [...readQueries('queries').values()];
  expect(shown.filter((query) => !files.includes(query))).toEqual([]);
});

test('every question is on some tab, once, but for the one that needs an id first', () => {
  const used = tabs.flatMap(({ parts }) => parts.map(({ query }) => query));
  const questions = new Set(readQueries('queries').keys());
  questions.delete('export-story');
  expect(used.toSorted()).toEqual([...questions].toSorted());
});

test('a tab shows its own group, and every item has a name of its own', () => {
  expect(items.filter(({ type }) => type === 12).map(({ name }) => name)).toEqual(
    tabs.map(({ title }) => title),
  );
  expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
});

test('Azure would not take a word of a query for a parameter of the workbook', () => {
  for (const query of shown) {
    const kusto = query.replaceAll(/^\s*\/\/.*$/gm, '');
    expect(kusto).not.toMatch(/\{\w+\}/);
  }
});

function withChildren(list: readonly Item[]): Item[] {
  return list.flatMap((item) => [item, ...withChildren(item.content.items ?? [])]);
}
