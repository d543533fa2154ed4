import { expect, test } from 'vitest';
import { healthReady } from '../../../functions/http/public/health-ready.ts';
import { readQueries } from '../../../infra/monitoring/read-queries.ts';
import { createLineLog } from '../../../lib/adapters/log/line-log.ts';
import { linesOfApp } from './support/lines-of-app.ts';
import { metricsOfApp } from './support/metrics-of-app.ts';
import { type Reading, readingOf } from './support/reading.ts';

const lines = linesOfApp();
const metricsSent = await metricsOfApp();
const readings = [...readQueries('alerts'), ...readQueries('queries')].map(
  ([name, query]) => [name, readingOf(query)] as const,
);

test.each(readings.filter(([, { fields }]) => fields.length > 0))(
  '%s reads only lines that the app writes, and fields that they have',
  (_, reading) => {
    expect(unwritten(reading)).toEqual([]);
  },
);

test.each(readings.filter(([, { metrics }]) => metrics.length > 0))(
  '%s reads only metrics that the app sends, and attributes that they have',
  (_, reading) => {
    expect(unsent(reading)).toEqual([]);
  },
);

test('the function that server errors leave out is there', () => {
  expect(readQueries('alerts').get('server-errors')).toContain(`Name != '${healthReady.name}'`);
});

test('a line, a field, a metric or an attribute that is nowhere would be found', () => {
  const line = 'AppTraces | extend line = parse_json(Message) | where line.message';
  const metric = 'AppMetrics | where Name';
  const readings = [
    unwritten(readingOf(`${line} == 'export endet'`)),
    unwritten(readingOf(`${line} in ('export ended', 'export endet')`)),
    unwritten(readingOf(`${line} == 'export ended' | where line.lagSeconds > 1`)),
    unsent(readingOf(`${metric} == 'sluice.table.rowz'`)),
    unsent(readingOf(`${metric} == 'sluice.table.rows' | where Properties.outcome == ''`)),
  ];
  expect(readings).toEqual([
    ['export endet'],
    ['export endet'],
    ['lagSeconds'],
    ['sluice.table.rowz'],
    ['outcome'],
  ]);
});

/** Without a message a query reads all lines. */
function unwritten({ messages, fields }: Reading): string[] {
  const read = messages.length > 0 ? messages : [...lines.keys()];
  const known = new Set([...read.flatMap((text) => [...(lines.get(text) ?? [])]), ...always()]);
  return [...read, ...fields].filter((text) => !lines.has(text) && !known.has(text));
}

function unsent({ metrics, dimensions }: Reading): string[] {
  const known = new Set(metrics.flatMap((name) => [...(metricsSent.get(name) ?? [])]));
  return [...metrics, ...dimensions].filter((text) => !metricsSent.has(text) && !known.has(text));
}

/** What the log itself puts into a line, whoever writes it. */
function always(): string[] {
  const written: string[] = [];
  const log = createLineLog(
    (line) => written.push(line),
    () => new Date(0),
  );
  log.error('any', new Error('any'));
  return Object.keys(JSON.parse(written.join('')));
}
