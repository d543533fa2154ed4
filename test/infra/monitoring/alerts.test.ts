import { expect, test } from 'vitest';
import { readQueries } from '../../../infra/monitoring/read-queries.ts';
import { type Alert, minutesOf, readAlerts } from './support/alerts.ts';
import { nodesOf, parse } from './support/kusto.ts';

const alerts = readAlerts();
const queries = readQueries('alerts');
const named = alerts.map((alert) => [alert.name, alert] as const);

/** What Azure takes; one minute is left out, because it forbids half of Kusto. */
const frequencies = 'PT5M PT10M PT15M PT30M PT45M PT1H PT2H PT3H PT4H PT5H PT6H P1D'.split(' ');
const windows = [...frequencies, 'P2D'];

test('each alert has one query and each query one alert', () => {
  const names = alerts.map(({ name }) => name);
  expect(names.toSorted()).toEqual([...queries.keys()].toSorted());
  expect(alerts.map(({ queryFile }) => queryFile)).toEqual(
    names.map((name) => `alerts/${name}.kql`),
  );
});

test.each(named)('%s has only values that Azure takes', (_, alert) => {
  expect(frequencies).toContain(alert.evaluationFrequency);
  expect(windows).toContain(alert.windowSize);
  expect(windows).toContain(alert.muteActionsDuration ?? 'P1D');
  expect([0, 1, 2, 3, 4]).toContain(alert.severity);
  expect(alert.description.length).toBeLessThanOrEqual(4096);
  expect(minutesOf(alert.evaluationFrequency)).toBeLessThanOrEqual(minutesOf(alert.windowSize));
});

test.each(named)('%s either ends by itself or is quiet for a while, never both', (_, alert) => {
  expect(alert.muteActionsDuration === undefined).toBe(alert.autoMitigate);
});

test.each(named)('%s fires for any row, so the query alone decides', (_, alert) => {
  expect([alert.operator, alert.threshold]).toEqual(['GreaterThan', 0]);
});

test.each(named)('the notice of %s says what its file says', (_, { name, description }) => {
  const query = queries.get(name) ?? '';
  const [means, what] = [sentence(query, 'Means'), sentence(query, 'Do')];
  expect(description).toBe(`${means} → ${what}`);
});

test.each(named)('%s keeps to what Azure runs as an alert', (_, { name }) => {
  const query = queries.get(name) ?? '';
  const root = parse(query);
  for (const kind of ['UnionOperator', 'SearchOperator', 'TakeOperator', 'RenderOperator']) {
    expect(nodesOf(root, kind), kind).toEqual([]);
  }
  expect(query).not.toMatch(/\b(bag_unpack|pivot|narrow|AggregatedValue|ingestion_time)\b/);
  // A rule with one period must not give a column of times.
  expect(query).not.toMatch(/by .*bin\(TimeGenerated/);
});

test.each(named)('%s looks back no further than it is given rows', (_, alert) => {
  const query = queries.get(alert.name) ?? '';
  const spans = [...query.matchAll(/\bago\(([^)]*)\)/g)].map(([, span]) => span ?? '');
  for (const span of spans) expect(span).toMatch(/^\d+[mhd]$/);
  const longest = Math.max(0, ...spans.map(minutesOfSpan));
  expect(longest).toBeLessThan(minutesOf(alert.windowSize));
});

test('where silence counts, the template has one place for the birth of the workspace', () => {
  const silent = [...queries].filter(([, query]) => query.includes('deployedAt'));
  expect(silent.map(([name]) => name).toSorted()).toEqual([
    'audit-gap',
    'queue-stuck',
    'sweep-missing',
  ]);
  for (const [name, query] of silent) {
    expect(query.split("todatetime('2000-01-01T00:00:00Z')").length, name).toBe(2);
  }
});

test.each(named)('%s keeps to the size that Azure allows', (_, alert) => {
  expect(sizeOf(alert)).toBeLessThan(64 * 1024);
});

function sentence(query: string, label: string): string {
  const text = new RegExp(`^// ${label}: (.+)$`, 'm').exec(query)?.[1] ?? '';
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function minutesOfSpan(span: string): number {
  const unit = { m: 1, h: 60, d: 1440 }[span.at(-1) ?? ''] ?? Number.NaN;
  return Number.parseInt(span, 10) * unit;
}

function sizeOf(alert: Alert): number {
  return Buffer.byteLength(JSON.stringify(alert) + (queries.get(alert.name) ?? ''));
}
