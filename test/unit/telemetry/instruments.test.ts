import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { createInstruments } from '../../../lib/adapters/telemetry/instruments.ts';

const readme = join(import.meta.dirname, '../../../lib/adapters/telemetry/README.md');

interface Kind {
  readonly metric: string;
  readonly kind: string;
  readonly unit: string;
  readonly attributes: readonly string[];
}

const kinds: Readonly<Record<number, string>> = {
  [DataPointType.SUM]: 'counter',
  [DataPointType.GAUGE]: 'gauge',
  [DataPointType.HISTOGRAM]: 'histogram',
};

/** Every metric that there is, as the SDK sends it. */
async function sent(): Promise<readonly Kind[]> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter })],
  });
  const metrics = createInstruments(provider.getMeter('test'));
  metrics.tableExported({ table: 'one', source: 'app', rows: 1, bytes: 1, durationMs: 1 });
  metrics.exportEnded({ status: 'ready', durationMs: 1 });
  metrics.deliveryAttempted({ outcome: 'delivered', type: 'export.completed' });
  metrics.deliveriesMeasured({ overdue: 1 });
  metrics.queueMeasured({ pending: 1, oldestPendingSeconds: 1 });
  metrics.sweepDone({ deleted: 1, lagSeconds: 1 });
  await provider.forceFlush();
  const [resource] = exporter.getMetrics();
  await provider.shutdown();
  return (resource?.scopeMetrics ?? []).flatMap((scope) =>
    scope.metrics.map(({ descriptor, dataPointType, dataPoints }) => ({
      metric: descriptor.name,
      kind: kinds[dataPointType] ?? 'unknown',
      unit: descriptor.unit,
      attributes: Object.keys((dataPoints[0]?.attributes ?? {}) as Attributes),
    })),
  );
}

/** The table of README.md. */
function documented(): readonly Kind[] {
  const rows = readFileSync(readme, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `sluice.'));
  return rows.map((row) => {
    const [, metric = '', kind = '', unit = '', attributes = ''] = row
      .split('|')
      .map((cell) => cell.trim());
    const plain = (text: string) => text.replaceAll('`', '');
    return {
      metric: plain(metric),
      kind,
      unit: plain(unit),
      attributes: attributes === '' ? [] : plain(attributes).split(', '),
    };
  });
}

test('README.md lists every metric with its kind, unit and attributes, and no other', async () => {
  const byName = (one: Kind, other: Kind) => one.metric.localeCompare(other.metric);
  expect((await sent()).toSorted(byName)).toEqual(documented().toSorted(byName));
});
